#include "base/csv.h"

#include "base/text.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace censo::base {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

class CsvReader {
 public:
  CsvReader(std::string_view text, char separator, const CsvLimits& limits)
      : text_(text), separator_(separator), limits_(limits) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  Result<std::vector<CsvRow>> rows() {
    std::vector<CsvRow> all;
    while (at_ < text_.size() && !fault_) {
      CsvRow row = next_row();
      const bool is_empty = row.cells.size() == 1 && row.cells.front().empty();
      if (fault_ || is_empty) continue;
      if (all.size() == limits_.rows)
        return fail(Errc::limit_exceeded, "expected at most " + std::to_string(limits_.rows) + " rows",
                    csv_place(row.line, 0), "TOO_MANY");
      all.push_back(std::move(row));
    }
    if (fault_) return *fault_;
    return all;
  }

 private:
  CsvRow next_row() {
    CsvRow row{line_, at_, {}};
    do {
      column_ = row.cells.size() + 1;
      if (column_ > limits_.columns)
        refuse(Errc::limit_exceeded, "expected at most " + std::to_string(limits_.columns) + " cells");
      row.cells.push_back(next_cell());
    } while (!fault_ && take(separator_));
    end_line();
    return row;
  }

  std::string next_cell() {
    std::string cell = take('"') ? quoted() : plain();
    if (cell.size() > limits_.cell_bytes)
      refuse(Errc::limit_exceeded, "expected at most " + std::to_string(limits_.cell_bytes) + " bytes");
    if (!is_valid_utf8(cell)) refuse(Errc::malformed, "expected UTF-8: save the table as \"CSV UTF-8\"");
    if (cell.find('\0') != std::string::npos) refuse(Errc::malformed, "expected a text, found a zero byte");
    return cell;
  }

  std::string plain() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string quoted() {
    std::string cell;
    const std::size_t line = line_;
    while (at_ < text_.size() && cell.size() <= limits_.cell_bytes) {
      const char one = text_[at_++];
      if (one == '"' && !take('"')) return closed(std::move(cell));
      if (one == '\n') ++line_;
      cell += one;
    }
    line_ = line;
    if (at_ == text_.size()) refuse(Errc::malformed, "expected a closing quote before the end of the table");
    return cell;
  }

  std::string closed(std::string cell) {
    const bool ends =
        at_ == text_.size() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
    if (!ends)
      refuse(Errc::malformed, "expected a separator or the end of the line behind the closing quote");
    return cell;
  }

  void end_line() {
    const bool carriage_return = take('\r');
    if (take('\n') || carriage_return) ++line_;
  }

  bool take(char wanted) {
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void refuse(Errc code, std::string message) {
    if (!fault_) fault_ = fail(code, std::move(message), csv_place(line_, column_));
  }

  std::string_view text_;
  const char separator_;
  const CsvLimits& limits_;
  std::size_t at_ = 0, line_ = 1, column_ = 1;
  std::optional<Error> fault_;
};

}  // namespace

Result<std::vector<CsvRow>> parse_csv(std::string_view text, char separator, const CsvLimits& limits) {
  return CsvReader(text, separator, limits).rows();
}

char csv_separator(std::string_view text) {
  std::size_t commas = 0, semicolons = 0, tabs = 0;
  bool in_quotes = false;
  for (const char one : text) {
    if (one == '"') in_quotes = !in_quotes;
    if (in_quotes) continue;
    if (one == '\n' || one == '\r') break;
    commas += one == ',' ? 1 : 0;
    semicolons += one == ';' ? 1 : 0;
    tabs += one == '\t' ? 1 : 0;
  }
  if (semicolons > commas && semicolons >= tabs) return ';';
  return tabs > commas ? '\t' : ',';
}

std::string csv_place(std::size_t line, std::size_t column) {
  const std::string place = "line " + std::to_string(line);
  return column == 0 ? place : place + ", column " + std::to_string(column);
}

std::string csv_cell(std::string_view text, char separator) {
  // Who reads a byte order mark at the beginning takes it away.
  const bool plain = text.find_first_of("\"\r\n") == text.npos && text.find(separator) == text.npos &&
                     !text.starts_with(byte_order_mark);
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char one : text) quoted += one == '"' ? std::string("\"\"") : std::string(1, one);
  return quoted + "\"";
}

std::string csv_text_cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
    text.insert(0, "'");
  return csv_cell(text);
}

}  // namespace censo::base
