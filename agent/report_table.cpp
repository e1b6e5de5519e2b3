#include "agent/report_table.h"

#include "agent/visible_text.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <vector>

namespace censo::agent {
namespace {

using inventory::Attributes;
using inventory::Item;
using inventory::Report;

constexpr std::size_t label_width = 14;
constexpr std::size_t most_rows = 40;  // of one class; the rest is counted
constexpr std::size_t widest_cell = 48;

// How the items of one class are shown. Classes that are not here are counted.
struct ClassView {
  std::string_view class_name;
  std::string_view title;
  std::array<std::string_view, 5> columns;
};
constexpr std::array views{
    ClassView{"network_interface", "Interfaces", {"name", "kind", "state", "mac", "addresses"}},
    ClassView{"disk", "Disks", {"name", "model", "serial_number", "transport", "size_bytes"}},
    ClassView{"file_system", "File systems", {"mount_point", "type", "device", "size_bytes", "free_bytes"}},
    ClassView{"memory_module", "Memory modules", {"slot", "size_mib", "type", "manufacturer", "part_number"}},
    ClassView{"graphics_adapter", "Graphics", {"model", "manufacturer", "memory_mib", "driver", ""}},
    ClassView{"battery",
              "Batteries",
              {"name", "model", "serial_number", "design_capacity_mwh", "full_capacity_mwh"}},
    ClassView{"monitor", "Monitors", {"name", "manufacturer", "model", "serial_number", ""}},
    ClassView{"web_server", "Web servers", {"instance", "product", "version", "user", "listen"}},
    ClassView{"database_server", "Database servers", {"instance", "product", "version", "user", "listen"}},
    ClassView{"generic_service", "Other services", {"instance", "product", "version", "user", "listen"}},
    ClassView{
        "virtual_machine", "Guests", {"host_name", "power_state", "manager", "memory_mib", "cpu_threads"}},
    ClassView{"container", "Containers", {"host_name", "power_state", "engine", "image", "ports"}},
    ClassView{"certificate", "Certificates", {"name", "not_after", "issuer", "used_by", ""}},
    ClassView{"protection", "Protection", {"name", "kind", "enabled", "profile", "signatures_version"}},
    ClassView{"user_session", "Logged in", {"user", "line", "remote_host", "started", ""}},
};

std::string human_bytes(std::int64_t bytes) {
  static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

struct ToText {
  std::string_view name;
  std::string operator()(const std::string& text) const { return visible(text); }
  std::string operator()(double number) const { return fmt::format("{:g}", number); }
  std::string operator()(bool yes) const { return yes ? "yes" : "no"; }
  std::string operator()(const inventory::TextList& list) const { return visible(base::join(list, ", ")); }
  std::string operator()(std::int64_t number) const {
    if (name.ends_with("_bytes")) return human_bytes(number);
    if (name.ends_with("_mib") && number < (1LL << 40)) return human_bytes(number * 1024 * 1024);
    return std::to_string(number);
  }
};

std::string shown(const Attributes& attributes, std::string_view name) {
  const inventory::Value* value = attributes.find(name);
  return value == nullptr ? "" : std::visit(ToText{name}, *value);
}

// The subject's attribute from the first section that has it.
std::string subject(const Report& report, std::string_view name) {
  for (const auto& section : report.sections) {
    std::string text = shown(section.attributes, name);
    if (!text.empty()) return text;
  }
  return {};
}

// Each known attribute after its words, joined: {"", "model"}, {"serial ", "serial_number"}.
struct Part {
  std::string_view before, attribute, after;
};
std::string joined(const Report& report, std::initializer_list<Part> parts) {
  std::string line;
  for (const Part& part : parts) {
    const std::string text = subject(report, part.attribute);
    if (text.empty()) continue;
    line += fmt::format("{}{}{}{}", line.empty() ? "" : ", ", part.before, text, part.after);
  }
  return line;
}

class Page {
 public:
  explicit Page(std::size_t width) : width_(std::max<std::size_t>(width, 40)) {}
  void line(std::string_view text) { text_ += fitted(text, width_, false) + "\n"; }
  void labelled(std::string_view label, std::string_view text) {
    if (!text.empty()) line(fmt::format("  {}{}", fitted(label, label_width, true), text));
  }
  void title(std::string_view text) { text_ += fmt::format("\n{}\n", text); }
  std::string take() { return std::move(text_); }

 private:
  std::size_t width_;
  std::string text_;
};

using Row = std::vector<std::string>;

std::vector<Row> rows_of(std::span<const Item* const> items, const ClassView& view) {
  std::vector<Row> rows;
  for (const Item* item : items) {
    Row row;
    for (const auto column : view.columns) row.push_back(shown(item->attributes, column));
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

void add_rows(Page& page, const std::vector<Row>& rows) {
  const std::size_t shown_rows = std::min(rows.size(), most_rows);
  std::vector<std::size_t> widths(views[0].columns.size(), 0);
  for (std::size_t i = 0; i < shown_rows; ++i) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      widths[c] = std::max(widths[c], std::min(width_of(rows[i][c]), widest_cell));
    }
  }
  for (std::size_t i = 0; i < shown_rows; ++i) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (widths[c] > 0) line += "  " + fitted(rows[i][c], widths[c], true);
    }
    page.line(line.substr(0, line.find_last_not_of(' ') + 1));
  }
  if (rows.size() > shown_rows) page.line(fmt::format("  and {} more", rows.size() - shown_rows));
}

using ItemsByClass = std::map<std::string_view, std::vector<const Item*>>;

ItemsByClass by_class(const Report& report) {
  ItemsByClass classes;
  for (const auto& section : report.sections) {
    for (const Item& item : section.items) classes[item.class_name].push_back(&item);
  }
  return classes;
}

void add_subject(Page& page, const Report& report) {
  page.line(fmt::format("{}  ({})", visible(report.subject_name), visible(report.subject_class)));
  page.labelled(
      "System",
      joined(report, {{"", "os_name", ""}, {"kernel ", "kernel_release", ""}, {"", "architecture", ""}}));
  page.labelled(
      "Hardware",
      joined(report, {{"", "manufacturer", ""}, {"", "model", ""}, {"serial ", "serial_number", ""}}));
  page.labelled("Chassis", joined(report, {{"", "chassis_type", ""}, {"asset tag ", "asset_tag", ""}}));
  page.labelled(
      "Firmware",
      joined(report, {{"", "firmware_vendor", ""}, {"", "firmware_version", ""}, {"", "firmware_date", ""}}));
  page.labelled("Processor", joined(report, {{"", "cpu_model", ""},
                                             {"", "cpu_sockets", " sockets"},
                                             {"", "cpu_cores", " cores"},
                                             {"", "cpu_threads", " threads"}}));
  page.labelled("Memory", subject(report, "memory_mib"));
  page.labelled("Virtual", joined(report, {{"", "virtualization", ""}, {"container ", "container", ""}}));
  page.labelled("Addresses", subject(report, "ip_addresses"));
  page.labelled("Gateway", subject(report, "default_gateway"));
  page.labelled("DNS", joined(report, {{"", "dns_servers", ""}, {"search ", "dns_search", ""}}));
}

void add_counts(Page& page, const ItemsByClass& classes) {
  std::vector<Row> rows;
  for (const auto& of_class : classes) {
    const auto shows_it = [&](const auto& view) { return view.class_name == of_class.first; };
    if (std::none_of(views.begin(), views.end(), shows_it))
      rows.push_back({visible(of_class.first), std::to_string(of_class.second.size()), "", "", ""});
  }
  if (rows.empty()) return;
  page.title("Also in the report");
  add_rows(page, rows);
}

void add_problems(Page& page, const Report& report) {
  if (report.problems.empty()) return;
  page.title(fmt::format("Problems ({})", report.problems.size()));
  for (const auto& problem : report.problems) {
    const std::string where = problem.where.empty() ? "" : " (" + problem.where + ")";
    page.labelled(visible(problem.source), visible(problem.message + where));
  }
}

}  // namespace

std::string to_table(const Report& report, std::size_t width) {
  Page page(width);
  add_subject(page, report);
  const ItemsByClass classes = by_class(report);
  for (const ClassView& view : views) {
    const auto found = classes.find(view.class_name);
    if (found == classes.end()) continue;
    page.title(fmt::format("{} ({})", view.title, found->second.size()));
    add_rows(page, rows_of(found->second, view));
  }
  add_counts(page, classes);
  add_problems(page, report);
  return page.take();
}

std::string summary(const Report& report) {
  const ItemsByClass classes = by_class(report);
  const auto count = [&](std::string_view name) {
    const auto found = classes.find(name);
    return found == classes.end() ? std::size_t{0} : found->second.size();
  };
  const auto services = count("generic_service") + count("web_server") + count("database_server");
  return fmt::format("{} packages, {} interfaces, {} services, {} problems", count("software_package"),
                     count("network_interface"), services, report.problems.size());
}

}  // namespace censo::agent
