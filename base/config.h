// Settings of a program: one table of rows, read once in main, passed down by reference.
// Precedence: flags > environment > conf.d/*.yaml (by name) > the main file > defaults.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::base {

enum class SettingKind { text, integer, boolean, duration, size, text_list };

// One row of a program's table. Adding a setting is adding a row. In flags, environment and defaults a text
// list is written with commas ("a,b", "" = none); in files it is a sequence.
struct Setting {
  std::string_view name;         // dotted path in the file: "server.listen"
  std::string_view environment;  // "CENSO_SERVER_LISTEN", or empty
  SettingKind kind = SettingKind::text;
  std::string_view default_value;
  std::string_view description;
};

// Values with where each came from. Getting a name that is not in the table, or as another kind, throws
// std::logic_error.
class Config {
 public:
  struct Sources {
    std::string main_file;                                // may be absent on disk
    std::string directory;                                // conf.d; may be absent
    std::map<std::string, std::string> flags;             // setting name -> value
    std::function<const char*(const char*)> environment;  // getenv, or a test's
  };
  // An unknown key, a wrong type or an unreadable file is an error with file and line (Errc::malformed for a
  // value), or with the flag or environment variable. Files that others may write are refused
  // (read_own_file). A quoted scalar is text and nothing else. A default that is not of its kind throws
  // std::logic_error.
  static Result<Config> load(std::span<const Setting> table, const Sources& sources);

  std::string text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  bool boolean(std::string_view name) const;
  std::int64_t duration_ms(std::string_view name) const;  // written "30s", "5m", "4h", "1d", "250ms"
  std::int64_t size_bytes(std::string_view name) const;   // written "64MiB", "8KiB", "100"
  std::vector<std::string> text_list(std::string_view name) const;

  struct Shown {
    std::string name;
    std::string value;
    std::string origin;  // "default", "environment CENSO_X", "/etc/censo/x.yaml:3", "flag"
  };
  // All rows in table order, for `config show --origin`.
  std::vector<Shown> shown() const;

 private:
  struct Held {
    const Setting* setting;
    std::string value;
    std::vector<std::string> list;
    std::string origin;
  };
  Result<void> read_files(std::span<const Setting> table, const Sources& sources);
  Result<void> set_text(std::string_view name, std::string_view value, std::string origin);
  const Held& held(std::string_view name, SettingKind kind) const;
  std::vector<Held> values_;
};

// "30s" -> 30000; the units of Config::duration_ms. Errc::malformed.
Result<std::int64_t> parse_duration_ms(std::string_view text);
Result<std::int64_t> parse_size_bytes(std::string_view text);

}  // namespace censo::base
