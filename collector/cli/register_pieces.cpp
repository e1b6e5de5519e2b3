#include "collector/cli/register_pieces.h"

#include "base/csv.h"

namespace censo::cli {

base::Result<std::vector<RegisterPiece>> register_pieces(std::string_view csv, std::size_t most_bytes,
                                                         std::size_t most_rows) {
  const auto rows = base::parse_csv(csv, base::csv_separator(csv), {200'001, 64, 4'096});
  if (!rows) return rows.error();
  if (rows->size() < 2) return std::vector<RegisterPiece>{{2, std::string(csv)}};
  const auto text_of = [&](std::size_t row) {
    const std::size_t end = row + 1 < rows->size() ? (*rows)[row + 1].begin : csv.size();
    return csv.substr((*rows)[row].begin, end - (*rows)[row].begin);
  };
  std::vector<RegisterPiece> pieces;
  std::size_t rows_in_piece = most_rows;
  for (std::size_t row = 1; row < rows->size(); ++row) {
    const std::string_view text = text_of(row);
    const bool is_full = rows_in_piece == most_rows || pieces.back().csv.size() + text.size() > most_bytes;
    if (is_full) {
      pieces.push_back({(*rows)[row].line, std::string(text_of(0))});
      rows_in_piece = 0;
    }
    pieces.back().csv += text;
    ++rows_in_piece;
  }
  return pieces;
}

}  // namespace censo::cli
