#include "agent/collect_report.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <exception>
#include <iterator>

namespace censo::agent {
namespace {

constexpr std::array<std::string_view, 2> users_sections{"local_users", "sessions"};
// A reader of reports wants to be told something.
constexpr std::string_view not_enrolled = "not-enrolled";
constexpr std::string_view unknown_host = "unknown";

bool is_excluded(const Source& source, const CollectSettings& settings) {
  const bool of_users =
      std::find(users_sections.begin(), users_sections.end(), source.name) != users_sections.end();
  if (of_users && !settings.include_users) return true;
  const auto& excluded = settings.excluded_sources;
  return std::find(excluded.begin(), excluded.end(), source.name) != excluded.end();
}

// Who means to keep something back shall see that a misspelt name keeps nothing back.
void tell_of_unknown(const CollectSettings& settings, std::span<const Source> sources,
                     inventory::Report& report) {
  for (const std::string& name : settings.excluded_sources) {
    const bool known = std::any_of(sources.begin(), sources.end(),
                                   [&name](const Source& source) { return source.name == name; });
    if (known) continue;
    report.problems.push_back({"agent", std::string(base::name_of(base::Errc::not_found)),
                               "no source has this name, so that excluding it leaves nothing out",
                               "inventory.exclude: " + base::sanitize_utf8(name)});
  }
}

// The one catch of the agent besides main: a source that throws must not take the others' facts with it.
base::Result<void> guarded(const Source& source, const Host& host, SourceOutput& out) {
  try {
    return source.collect(host, out);
  } catch (const std::exception& thrown) {
    return base::fail(base::Errc::io_failed, std::string("the source stopped: ") + thrown.what());
  }
}

SourceOutput run_source(const Source& source, const Host& host) {
  SourceOutput out;
  out.section.name = source.name;
  out.section.complete = true;
  const auto outcome = guarded(source, host, out);
  if (outcome) return out;

  SourceOutput failed;
  failed.section.name = source.name;
  failed.section.complete = outcome.error().code == base::Errc::not_found;
  if (!failed.section.complete) failed.partial(outcome.error());
  return failed;
}

// SMBIOS 3.x, 7.4.1: the chassis that stand on a desk or travel with a person.
bool is_personal_chassis(std::string_view chassis_type) {
  static constexpr std::array types{
      "allinone",          "convertible", "desktop",     "detachable", "handheld", "laptop",
      "lowprofiledesktop", "lunchbox",    "minipc",      "minitower",  "notebook", "portable",
      "spacesaving",       "stickpc",     "subnotebook", "tablet",     "tower"};
  std::string letters = base::to_lower(chassis_type);
  std::erase_if(letters, [](char c) { return c < 'a' || c > 'z'; });
  return std::find(types.begin(), types.end(), letters) != types.end();
}

std::string subject_class(const inventory::Report& report) {
  if (!inventory::subject_text(report, "container").empty()) return "container";
  const std::string virtualization = inventory::subject_text(report, "virtualization");
  if (!virtualization.empty() && virtualization != "none") return "virtual_machine";
  return is_personal_chassis(inventory::subject_text(report, "chassis_type")) ? "workstation" : "server";
}

// What no source finds: what people told the agent. There also when it is empty, so that it takes back what
// it said.
inventory::Section section_of_agent(const CollectSettings& settings) {
  inventory::Section section;
  section.name = "agent";
  section.complete = true;
  section.attributes.set("tags", settings.tags);
  return section;
}

}  // namespace

inventory::Report collect_report(const Host& host, std::span<const Source> sources,
                                 const CollectSettings& settings) {
  inventory::Report report;
  report.origin = {inventory::OriginKind::agent, settings.agent_id, settings.version};
  if (report.origin.id.empty()) report.origin.id = not_enrolled;
  report.sequence = settings.sequence;
  report.taken_at = host.now();
  tell_of_unknown(settings, sources, report);
  for (const Source& source : sources) {
    if (is_excluded(source, settings)) continue;
    SourceOutput out = run_source(source, host);
    apply_privacy(settings.privacy, out.section);
    std::move(out.problems.begin(), out.problems.end(), std::back_inserter(report.problems));
    report.sections.push_back(std::move(out.section));
  }
  report.sections.push_back(section_of_agent(settings));
  report.boot_id = inventory::subject_text(report, "boot_id");
  report.subject_class = subject_class(report);
  report.subject_name = inventory::subject_text(report, "host_name");
  if (report.subject_name.empty()) report.subject_name = unknown_host;
  inventory::seal(report);
  return report;
}

}  // namespace censo::agent
