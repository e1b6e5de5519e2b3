// An asset register too large for one request, cut between its rows.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cli {

struct RegisterPiece {
  std::size_t line = 0;  // of its first row in the file
  std::string csv;       // the file's header, and the rows
};

// Errc::malformed, Errc::limit_exceeded with line and column: at most 200,000 rows. A table without rows is
// one piece.
base::Result<std::vector<RegisterPiece>> register_pieces(std::string_view csv,
                                                         std::size_t most_bytes = 48 * 1024,
                                                         std::size_t most_rows = 500);

}  // namespace censo::cli
