// Digests of texts that do not lie in one piece.
#pragma once

#include "base/digest.h"

#include <initializer_list>
#include <string_view>

namespace censo::base {

// As sha256() of the texts one behind the other, without putting them together. Thread-safe.
Sha256 sha256_of_all(std::initializer_list<std::string_view> texts);

}  // namespace censo::base
