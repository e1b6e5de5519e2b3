// systemd's services and timers: what starts with the machine, what runs, what was switched off. Units that
// others pull in and that do not run now are left out.
#include "agent/attributes.h"
#include "agent/cgroup_folders.h"
#include "agent/command_line.h"
#include "agent/source.h"
#include "agent/unit_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_unit_bytes = 256 * 1024;
constexpr std::size_t max_units = 5000;

// The first that has a unit counts (systemd.unit(5)). The last two are one folder on merged systems.
constexpr std::array<std::string_view, 5> folders{"/etc/systemd/system/", "/run/systemd/system/",
                                                  "/usr/local/lib/systemd/system/",
                                                  "/usr/lib/systemd/system/", "/lib/systemd/system/"};

struct Places {
  std::map<std::string, std::string> units;                  // name -> path of its file
  std::map<std::string, std::vector<std::string>> drop_ins;  // name -> folders
  std::set<std::string> enabled;
};

std::vector<std::string> names_in(const Host& host, const std::string& folder) {
  const auto names = host.list_folder(folder);
  return names ? *names : std::vector<std::string>();
}

bool is_wanted_kind(std::string_view name) {
  return name.ends_with(".service") || name.ends_with(".timer");
}

std::string template_of(const std::string& name) {
  const auto at = name.find('@'), dot = name.rfind('.');
  return at == std::string::npos || dot == std::string::npos || dot < at
             ? std::string()
             : name.substr(0, at + 1) + name.substr(dot);
}

void take_name(const Host& host, const std::string& folder, const std::string& name, Places& places) {
  if (is_wanted_kind(name)) {
    places.units.try_emplace(name, folder + name);
  } else if (name.ends_with(".wants") || name.ends_with(".requires")) {
    // What the distribution's own folders want is part of the system, not enabled by anybody.
    if (folder.starts_with("/usr/") || folder.starts_with("/lib/")) return;
    const auto links = names_in(host, folder + name);
    places.enabled.insert(links.begin(), links.end());
  } else if (name.ends_with(".service.d") || name.ends_with(".timer.d")) {
    places.drop_ins[name.substr(0, name.size() - 2)].push_back(folder + name);
  }
}

Places find_units(const Host& host) {
  Places places;
  const bool merged = host.read_link("/lib").has_value();
  for (const auto folder : folders) {
    if (merged && folder == folders.back()) continue;
    const auto names = host.list_folder(folder);
    if (!names) continue;
    for (const auto& name : *names) take_name(host, std::string(folder), name, places);
  }
  // Instances have no file of their own.
  for (const auto& name : places.enabled) {
    const auto found = places.units.find(template_of(name));
    if (found != places.units.end()) places.units.try_emplace(name, found->second);
  }
  return places;
}

enum class FileForm { plain, masked, alias };

FileForm form_of(const Host& host, const std::string& path) {
  const auto target = host.read_link(path);
  if (!target) return FileForm::plain;
  if (*target == "/dev/null") return FileForm::masked;
  const auto last_part = [](std::string_view text) { return text.substr(text.rfind('/') + 1); };
  return last_part(*target) == last_part(path) ? FileForm::plain : FileForm::alias;
}

UnitFile read_unit(const Host& host, const std::string& path, const std::vector<std::string>& drop_ins) {
  UnitFile unit;
  if (const auto text = host.read_file(path, max_unit_bytes)) read_unit_file(*text, unit);
  for (const auto& folder : drop_ins) {
    for (const auto& name : names_in(host, folder)) {
      const auto text = host.read_file(folder + "/" + name, max_unit_bytes);
      if (text && name.ends_with(".conf")) read_unit_file(*text, unit);
    }
  }
  return unit;
}

// Services that have processes now.
std::set<std::string> running_services(const Host& host) {
  std::set<std::string> running;
  const auto root = cgroup_mount_point(host);
  if (root.empty()) return running;
  const std::string slice = root + "/system.slice";
  for (const auto& name : names_in(host, slice)) {
    if (!name.ends_with(".service")) {
      // "system-getty.slice" holds the instances of a template.
      if (!name.ends_with(".slice")) continue;
      for (const auto& instance : names_in(host, slice + "/" + name))
        if (instance.ends_with(".service")) running.insert(instance);
      continue;
    }
    running.insert(name);
  }
  return running;
}

// "/usr/bin/x --password=y" as its arguments are masked elsewhere.
std::string shown_command(std::string command) {
  std::replace(command.begin(), command.end(), ' ', '\0');
  return shown_command_line(command);
}

void add_unit(const std::string& name, const UnitFile& unit, std::string_view state, bool runs,
              SourceOutput& out) {
  auto& attributes = out.add("system_unit").attributes;
  const bool is_timer = name.ends_with(".timer");
  set_text(attributes, "name", name);
  set_text(attributes, "type", is_timer ? "timer" : "service");
  set_text(attributes, "start_mode", state);
  set_text(attributes, "description", unit.description);
  if (!unit.exec_start.empty()) set_text(attributes, "command", shown_command(unit.exec_start));
  set_text(attributes, "user", unit.user);
  attributes.set("schedule", unit.schedule);
  set_text(attributes, "activates", unit.activates);
  if (!is_timer) attributes.set("running", runs);
}

}  // namespace

base::Result<void> system_units(const Host& host, SourceOutput& out) {
  const auto places = find_units(host);
  if (places.units.empty()) return base::fail(base::Errc::not_found, "no systemd");
  const auto running = running_services(host);
  static const std::vector<std::string> none;
  for (const auto& [name, path] : places.units) {
    if (out.section.items.size() == max_units) {
      out.partial(base::fail(base::Errc::limit_exceeded, "more than 5000 units", path));
      break;
    }
    const auto form = form_of(host, path);
    const bool is_template = name.find("@.") != std::string::npos;
    if (form == FileForm::alias || is_template) continue;
    const auto drop_ins = places.drop_ins.find(name);
    const auto unit =
        form == FileForm::masked
            ? UnitFile()
            : read_unit(host, path, drop_ins == places.drop_ins.end() ? none : drop_ins->second);
    const bool enabled = places.enabled.contains(name), runs = running.contains(name);
    const char* state = form == FileForm::masked ? "masked"
                        : enabled                ? "enabled"
                        : unit.installable       ? "disabled"
                                                 : "static";
    if (std::string_view(state) != "static" || runs) add_unit(name, unit, state, runs, out);
  }
  return {};
}

}  // namespace censo::agent::sources
