// Tables as spreadsheets write them (RFC 4180): quoted cells with separators, line feeds and doubled quotes
// in them; lines that end in CR LF, LF or CR.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::base {

struct CsvLimits {
  std::size_t rows = 10'000, columns = 100, cell_bytes = 4'096;
};

struct CsvRow {
  std::size_t line = 0;   // where it begins, counted from 1
  std::size_t begin = 0;  // of its first byte in the text
  std::vector<std::string> cells;
};

// Rows in order, without lines that have nothing in them. Errc::malformed, Errc::limit_exceeded: `where` is
// csv_place(). A byte order mark at the front is passed over.
Result<std::vector<CsvRow>> parse_csv(std::string_view text, char separator, const CsvLimits& limits = {});

// Comma, semicolon or tab: the most frequent of them outside quotes in the first line.
char csv_separator(std::string_view text);

// "line 3, column 2": the cell's number in its row. Column 0: the row.
std::string csv_place(std::size_t line, std::size_t column);

// As a cell of a table: quoted where it has to be.
std::string csv_cell(std::string_view text, char separator = ',');
// The same, so that no spreadsheet takes it for a formula: for what others wrote.
std::string csv_text_cell(std::string text);

}  // namespace censo::base
