// Names of local users, from /etc/passwd alone: a directory server is never asked.
#pragma once

#include "agent/host.h"

#include <cstdint>
#include <map>
#include <string>

namespace censo::agent {

class UserNames {
 public:
  // Without a readable /etc/passwd every name is a number.
  explicit UserNames(const Host& host);
  // The number itself where there is no name.
  std::string name_of(std::uint32_t user_id) const;

 private:
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace censo::agent
