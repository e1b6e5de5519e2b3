#include "agent/central_settings.h"

#include "base/config.h"
#include "base/file.h"
#include "base/text.h"

#include <boost/json.hpp>

namespace censo::agent {
namespace {

using base::Errc;
using std::chrono::milliseconds;
namespace json = boost::json;

constexpr std::size_t max_bytes = 16 * 1024;
constexpr std::size_t max_members = 64;
constexpr std::size_t max_text_bytes = 64;
constexpr std::int64_t least_interval_ms = 60'000;
constexpr std::int64_t most_interval_ms = std::int64_t{7} * 24 * 3'600'000;

base::Error expected(std::string_view what, std::string_view where) {
  return base::fail(Errc::malformed, "expected " + std::string(what), std::string(where));
}

base::Result<std::vector<std::string>> texts(const json::object& object, std::string_view name) {
  std::vector<std::string> list;
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return list;
  if (!value->is_array() || value->get_array().size() > max_members)
    return expected("a list of at most 64", name);
  for (const json::value& member : value->get_array()) {
    const std::string_view text =
        member.is_string() ? std::string_view(member.get_string()) : std::string_view();
    if (text.empty() || text.size() > max_text_bytes || base::sanitize_utf8(text) != text)
      return expected("texts of 1 to 64 bytes", name);
    list.emplace_back(text);
  }
  return list;
}

base::Result<std::optional<milliseconds>> interval_of(const json::object& object) {
  const json::value* value = object.if_contains("interval");
  if (value == nullptr) return std::optional<milliseconds>();
  if (!value->is_string()) return expected("a duration as text", "interval");
  const auto interval = base::parse_duration_ms(std::string_view(value->get_string()));
  if (!interval) return interval.error();
  if (*interval < least_interval_ms || *interval > most_interval_ms) return expected("1m to 7d", "interval");
  return std::optional(milliseconds(*interval));
}

std::string file_of(const std::string& state_folder) {
  return state_folder + "/central_settings.json";
}

}  // namespace

base::Result<CentralSettings> parse_central_settings(std::string_view text) {
  if (text.size() > max_bytes) return expected("at most 16 KiB of settings", "settings");
  json::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return expected("a JSON object", "settings");
  const json::object& object = value.get_object();
  CentralSettings settings;
  const auto interval = interval_of(object);
  if (!interval) return interval.error();
  auto exclude = texts(object, "exclude"), tags = texts(object, "tags");
  if (!exclude) return exclude.error();
  if (!tags) return tags.error();
  if (const json::value* users = object.if_contains("include_users")) {
    if (!users->is_bool()) return expected("true or false", "include_users");
    settings.include_users = users->get_bool();
  }
  settings.interval = *interval;
  settings.exclude = std::move(*exclude);
  settings.tags = std::move(*tags);
  return settings;
}

std::string to_json(const CentralSettings& settings) {
  json::object object;
  if (settings.interval) object["interval"] = std::to_string(settings.interval->count() / 1000) + "s";
  if (!settings.exclude.empty())
    object["exclude"] = json::array(settings.exclude.begin(), settings.exclude.end());
  if (settings.include_users) object["include_users"] = *settings.include_users;
  if (!settings.tags.empty()) object["tags"] = json::array(settings.tags.begin(), settings.tags.end());
  return json::serialize(object);
}

CentralSettings load_central_settings(const std::string& state_folder) {
  const auto content = base::read_own_file(file_of(state_folder), max_bytes);
  auto settings = content ? parse_central_settings(*content) : base::Result<CentralSettings>(content.error());
  return settings ? std::move(*settings) : CentralSettings();
}

base::Result<void> save_central_settings(const std::string& state_folder, const CentralSettings& settings) {
  return base::write_own_file(file_of(state_folder), to_json(settings), 0600);
}

}  // namespace censo::agent
