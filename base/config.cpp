#include "base/config.h"

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace censo::base {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

constexpr std::int64_t kib = 1024;
constexpr std::array<Unit, 5> duration_units{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 5> size_units{
    {{"", 1}, {"KiB", kib}, {"MiB", kib* kib}, {"GiB", kib* kib* kib}, {"TiB", kib* kib* kib* kib}}};

// A number that is not negative, and one of the units.
Result<std::int64_t> parse_amount(std::string_view text, std::span<const Unit> units,
                                  std::string_view expected) {
  const auto word = trim(text);
  const auto digits = word.substr(0, word.find_first_not_of("0123456789"));
  const auto number = parse_integer(digits);
  const auto unit =
      std::find_if(units.begin(), units.end(),
                   [name = trim(word.substr(digits.size()))](const Unit& u) { return u.name == name; });
  if (!number || unit == units.end() || *number > std::numeric_limits<std::int64_t>::max() / unit->factor) {
    return fail(Errc::malformed,
                "expected " + std::string(expected) + ", found \"" + sanitize_utf8(text, 64) + "\"");
  }
  return *number * unit->factor;
}

std::string_view expected_text(SettingKind kind) {
  switch (kind) {
    case SettingKind::text: return "a text";
    case SettingKind::integer: return "an integer";
    case SettingKind::boolean: return "true or false";
    case SettingKind::duration: return "a duration such as 250ms, 30s, 5m, 4h or 1d";
    case SettingKind::size: return "a size such as 100, 8KiB or 64MiB";
    case SettingKind::text_list: return "a sequence of texts";
  }
  return "a value";
}

bool is_of_kind(std::string_view value, SettingKind kind) {
  switch (kind) {
    case SettingKind::text: return true;
    case SettingKind::text_list: return true;
    case SettingKind::integer: return parse_integer(value).has_value();
    case SettingKind::boolean: return value == "true" || value == "false";
    case SettingKind::duration: return parse_duration_ms(value).has_value();
    case SettingKind::size: return parse_size_bytes(value).has_value();
  }
  return false;
}

std::vector<std::string> comma_list(std::string_view text) {
  std::vector<std::string> list;
  for (const auto piece : split(text, ',')) {
    if (!trim(piece).empty()) list.emplace_back(trim(piece));
  }
  return list;
}

Error wrong_value(std::string_view name, SettingKind kind, std::string_view found, std::string where) {
  return fail(
      Errc::malformed,
      std::string(name) + ": expected " + std::string(expected_text(kind)) + ", found " + std::string(found),
      std::move(where));
}

// The settings of one file, checked row by row.
class FileReader {
 public:
  FileReader(std::span<const Setting> table, std::string file) : table_(table), file_(std::move(file)) {}
  // Calls set(setting, value, list, origin) for each.
  template <class Set>
  Result<void> read(const YamlValue& value, const std::string& name, const Set& set) const {
    const auto row =
        std::find_if(table_.begin(), table_.end(), [&](const Setting& s) { return s.name == name; });
    if (row != table_.end()) return read_setting(*row, value, set);
    if (!name.empty() && !is_group(name)) {
      return fail(Errc::malformed, "there is no setting \"" + sanitize_utf8(name, 128) + "\"", where(value));
    }
    if (value.kind == YamlValue::Kind::null) return {};
    if (value.kind != YamlValue::Kind::mapping) {
      return fail(Errc::malformed, (name.empty() ? "" : name + ": ") + "expected settings as \"name: value\"",
                  where(value));
    }
    for (const auto& [key, member] : value.mapping) {
      auto done = read(member, name.empty() ? key : name + '.' + key, set);
      if (!done) return done;
    }
    return {};
  }

 private:
  template <class Set>
  Result<void> read_setting(const Setting& setting, const YamlValue& value, const Set& set) const {
    const bool wants_list = setting.kind == SettingKind::text_list;
    if (value.kind != (wants_list ? YamlValue::Kind::sequence : YamlValue::Kind::scalar)) {
      return wrong_value(setting.name, setting.kind, kind_text(value), where(value));
    }
    std::vector<std::string> list;
    for (const auto& member : value.sequence) {
      if (member.kind != YamlValue::Kind::scalar) {
        return wrong_value(setting.name, setting.kind, kind_text(member) + " in it", where(member));
      }
      list.push_back(member.scalar);
    }
    const bool only_text = value.quoted && setting.kind != SettingKind::text;
    if (!wants_list && (only_text || !is_of_kind(value.scalar, setting.kind))) {
      return wrong_value(setting.name, setting.kind, kind_text(value), where(value));
    }
    set(setting, wants_list ? join(list, ",") : value.scalar, std::move(list), where(value));
    return {};
  }

  bool is_group(const std::string& name) const {
    return std::any_of(table_.begin(), table_.end(),
                       [&](const Setting& s) { return s.name.starts_with(name + '.'); });
  }
  std::string where(const YamlValue& value) const {
    return file_ + ":" + std::to_string(std::max(value.line, 1));
  }
  static std::string kind_text(const YamlValue& value) {
    switch (value.kind) {
      case YamlValue::Kind::null: return "nothing";
      case YamlValue::Kind::sequence: return "a sequence";
      case YamlValue::Kind::mapping: return "a mapping";
      case YamlValue::Kind::scalar: break;
    }
    return (value.quoted ? "the text \"" : "\"") + sanitize_utf8(value.scalar, 64) + "\"";
  }

  std::span<const Setting> table_;
  std::string file_;
};

// The main file, then the folder's *.yaml by name; those that are on disk.
Result<std::vector<std::string>> files_of(const Config::Sources& sources) {
  std::vector<std::string> files;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(sources.directory, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == ".yaml") files.push_back(entry->path().string());
  }
  if (error && !sources.directory.empty() && error != std::errc::no_such_file_or_directory) {
    return fail(Errc::io_failed, "cannot read the folder: " + error.message(), sources.directory);
  }
  std::sort(files.begin(), files.end());
  if (!sources.main_file.empty()) files.insert(files.begin(), sources.main_file);
  return files;
}

}  // namespace

Result<std::int64_t> parse_duration_ms(std::string_view text) {
  return parse_amount(text, duration_units, expected_text(SettingKind::duration));
}

Result<std::int64_t> parse_size_bytes(std::string_view text) {
  return parse_amount(text, size_units, expected_text(SettingKind::size));
}

Result<Config> Config::load(std::span<const Setting> table, const Sources& sources) {
  Config config;
  for (const auto& setting : table) {
    if (!is_of_kind(setting.default_value, setting.kind)) {
      throw std::logic_error("the default of " + std::string(setting.name) + " is not of its kind");
    }
    config.values_.push_back(
        {&setting, std::string(setting.default_value), comma_list(setting.default_value), "default"});
  }
  if (auto read = config.read_files(table, sources); !read) return read.error();
  for (const auto& setting : table) {
    const std::string variable(setting.environment);
    const char* value =
        sources.environment && !variable.empty() ? sources.environment(variable.c_str()) : nullptr;
    if (value == nullptr) continue;
    if (auto set = config.set_text(setting.name, value, "environment " + variable); !set) return set.error();
  }
  for (const auto& [name, value] : sources.flags) {
    if (auto set = config.set_text(name, value, "flag"); !set) return set.error();
  }
  return config;
}

Result<void> Config::read_files(std::span<const Setting> table, const Sources& sources) {
  const auto files = files_of(sources);
  if (!files) return files.error();
  for (const auto& file : *files) {
    const auto content = read_own_file(file, YamlLimits{}.max_bytes);
    if (!content && content.error().code == Errc::not_found) continue;
    if (!content) return content.error();
    const auto tree = parse_yaml(*content, file);
    if (!tree) return tree.error();
    const auto set = [this](const Setting& setting, std::string value, std::vector<std::string> list,
                            std::string origin) {
      const auto place =
          std::find_if(values_.begin(), values_.end(), [&](const Held& h) { return h.setting == &setting; });
      *place = {&setting, std::move(value), std::move(list), std::move(origin)};
    };
    if (auto read = FileReader(table, file).read(*tree, "", set); !read) return read;
  }
  return {};
}

Result<void> Config::set_text(std::string_view name, std::string_view value, std::string origin) {
  for (auto& held : values_) {
    if (held.setting->name != name) continue;
    if (!is_of_kind(value, held.setting->kind)) {
      return wrong_value(name, held.setting->kind, '"' + sanitize_utf8(value, 64) + '"', std::move(origin));
    }
    held = {held.setting, std::string(value), comma_list(value), std::move(origin)};
    return {};
  }
  return fail(Errc::malformed, "there is no setting \"" + sanitize_utf8(name, 128) + "\"", std::move(origin));
}

const Config::Held& Config::held(std::string_view name, SettingKind kind) const {
  for (const auto& held : values_) {
    if (held.setting->name == name && held.setting->kind == kind) return held;
  }
  throw std::logic_error("no setting " + std::string(name) + " that is " + std::string(expected_text(kind)));
}

std::string Config::text(std::string_view name) const {
  return held(name, SettingKind::text).value;
}

std::int64_t Config::integer(std::string_view name) const {
  return *parse_integer(held(name, SettingKind::integer).value);
}

bool Config::boolean(std::string_view name) const {
  return held(name, SettingKind::boolean).value == "true";
}

std::int64_t Config::duration_ms(std::string_view name) const {
  return *parse_duration_ms(held(name, SettingKind::duration).value);
}

std::int64_t Config::size_bytes(std::string_view name) const {
  return *parse_size_bytes(held(name, SettingKind::size).value);
}

std::vector<std::string> Config::text_list(std::string_view name) const {
  return held(name, SettingKind::text_list).list;
}

std::vector<Config::Shown> Config::shown() const {
  std::vector<Shown> rows;
  for (const auto& held : values_) rows.push_back({std::string(held.setting->name), held.value, held.origin});
  return rows;
}

}  // namespace censo::base
