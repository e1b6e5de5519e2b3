#include "collector/figure_request.h"

#include "base/csv.h"
#include "collector/json_body.h"

namespace censo::collector {
namespace {

namespace json = boost::json;
using base::Errc;

constexpr base::TimeMs month_ms = base::TimeMs{30} * 24 * 60 * 60 * 1'000;
constexpr std::size_t most_rows = 100'000;

base::Result<base::TimeMs> time_or(const Request& request, std::string_view name, base::TimeMs otherwise) {
  const auto text = request.query_or(name, "");
  if (text.empty()) return otherwise;
  const auto time = base::parse_iso8601(text);
  if (time) return *time;
  return base::fail(Errc::invalid_argument, "expected a time such as 2026-10-01T12:00Z", std::string(name));
}

std::string text_of(const json::value& row, std::string_view pointer) {
  boost::system::error_code none;
  const auto* value = row.find_pointer(pointer, none);
  if (!value || value->is_null()) return "";
  return value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

void add_line(std::string& text, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) text += (i == 0 ? "" : ",") + base::csv_text_cell(cells[i]);
  text += "\r\n";
}

}  // namespace

base::Result<cmdb::FigureTime> figure_time_of(const Request& request, const base::Clock& clock) {
  const auto until = time_or(request, "until", clock.now());
  if (!until) return until.error();
  const auto since = time_or(request, "since", *until - month_ms);
  if (!since) return since.error();
  if (*since >= *until)
    return base::fail(Errc::invalid_argument, "expected a time before \"until\"", "since");
  return cmdb::FigureTime{*since, *until};
}

Response figures_answer(const cmdb::FigureTime& time, const std::vector<cmdb::Figure>& figures) {
  json::array items;
  for (const auto& figure : figures) {
    json::object item{
        {"figure", figure.name}, {"kind", figure.kind}, {"items", figure.items}, {"of", figure.of}};
    for (const auto& [name, value] : figure.values) item[name] = value;
    items.push_back(std::move(item));
  }
  return Response::ok(json::serialize(json::object{
      {"since", json_time(time.since)}, {"until", json_time(time.until)}, {"items", std::move(items)}}));
}

base::Result<Response> list_answer(
    const Request& request, const std::vector<CsvColumn>& columns,
    const std::function<base::Result<JsonPage>(const cmdb::PageRequest&)>& page_at) {
  const auto format = request.query_or("format", "json");
  if (format == "json") {
    const auto page = page_of(request);
    if (!page) return page.error();
    const auto found = page_at(*page);
    if (!found) return found.error();
    return Response::ok(json_page(*found, [](const json::object& row) { return row; }));
  }
  if (format != "csv") return base::fail(Errc::invalid_argument, "expected json or csv", "format");
  Response answer = Response::ok("");
  answer.content_type = "text/csv; charset=utf-8";
  std::vector<std::string> cells;
  for (const auto& column : columns) cells.emplace_back(column.title);
  add_line(answer.body, cells);
  std::size_t rows = 0;
  for (cmdb::PageRequest page{1'000, ""};;) {
    const auto found = page_at(page);
    if (!found) return found.error();
    for (const json::value row : found->rows) {
      for (std::size_t i = 0; i < columns.size(); ++i) cells[i] = text_of(row, columns[i].pointer);
      add_line(answer.body, cells);
    }
    rows += found->rows.size();
    if (found->next.empty()) return answer;
    if (rows >= most_rows)
      return base::fail(Errc::limit_exceeded, "more than 100,000 rows: ask for less time", "since");
    page.after = found->next;
  }
}

}  // namespace censo::collector
