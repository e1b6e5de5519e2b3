// What a server said of a mail that it was handed.
#pragma once

#include <string>

namespace censo::desk {

enum class Delivery { taken, refused /* for good */, not_now };
struct DeliveryTry {
  Delivery delivery = Delivery::not_now;
  std::string problem;  // in the server's words
};

}  // namespace censo::desk
