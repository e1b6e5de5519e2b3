// What the command prints: data on standard output as a table, JSON or CSV; messages on standard error.
#pragma once

#include "base/result.h"

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace censo::cli {

enum class Format { table, json, csv };

// How a value is shown in a table; JSON and CSV have it as it is.
enum class Show { text, age, length };  // age: "3 min ago"; length: of seconds, "4 h 10 min", on a terminal

struct Column {
  std::string_view title;
  std::string_view pointer;  // JSON pointer into a row: "/ci/name"
  Show show = Show::text;
};
using Columns = std::vector<Column>;

struct OutputSettings {
  Format format = Format::table;
  std::string field;  // print only this member, a line each
  bool no_headers = false;
};

// Lists, numbers and texts alike; "" for what is absent.
std::string text_at(const boost::json::value& row, std::string_view pointer);

// Control characters and bidirectional overrides become visible escapes: names come from devices and agents.
std::string printable(std::string_view text);

// A list answer ({"items": [...]}): table and CSV by the columns, JSON whole.
void print_list(const boost::json::value& answer, const Columns& columns, const OutputSettings& settings);
// One object: "name  value" lines in a table; with the columns' pointers in CSV.
void print_object(const boost::json::value& object, const Columns& columns, const OutputSettings& settings);
// Heading and list, in table form only.
void print_section(std::string_view heading, const boost::json::array& rows, const Columns& columns);

// For people, on standard error; nothing with --quiet.
void message(std::string_view text);
void set_quiet(bool quiet);
// A line on standard error that is written over by the next; a plain line now and then where it is no
// terminal.
class ProgressLine {
 public:
  ~ProgressLine();
  void show(const std::string& text);

 private:
  bool shown_ = false;
  long long last_ms_ = 0;
};

// "error: message" and what to do about it; the exit status of docs/cli.md.
int report_error(const base::Error& error);

}  // namespace censo::cli
