#include "base/text.h"
#include "cmdb/configuration_item.h"
#include "cmdb/merge.h"
#include "desk/event_handling.h"

#include <algorithm>
#include <cctype>

namespace censo::desk {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "https://shop.example:8443/health" -> "shop.example:8443".
std::string_view authority_of(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == text.npos) return text;
  text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find_first_of("/?#"));
  const auto user = text.rfind('@');
  return user == text.npos ? text : text.substr(user + 1);
}

// "web01:9100" and "[fe80::1]:9100" without what comes after the host; an address of version 6 or a MAC
// address stays.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
  const auto colon = text.find(':');
  const bool port = colon != text.npos && colon == text.rfind(':') && is_number(text.substr(colon + 1));
  return port ? text.substr(0, colon) : text;
}

bool is_host_name(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return std::isalpha(c) != 0; }) &&
         std::ranges::all_of(
             text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_'; });
}

}  // namespace

std::vector<std::string> forms_of_item(std::string_view item) {
  std::vector<std::string> forms;
  const auto add = [&forms](std::string_view form) {
    if (!form.empty() && std::ranges::find(forms, form) == forms.end()) forms.emplace_back(form);
  };
  const auto given = base::trim(item);
  add(given);
  const auto host = without_port(authority_of(given));
  add(host);
  if (is_host_name(host)) add(host.substr(0, host.find('.')));
  return forms;
}

FoundItem item_of(store::Transaction& tx, std::string_view sender, std::string_view item,
                  std::span<const std::string> names) {
  const std::string given(item);
  if (names.empty()) names = {&given, 1};
  if (base::trim(item).empty()) return {{}, "it names no item"};
  const auto said = tx.query_one("select ci_id from event_item where sender = $1 and item = $2", sender,
                                 base::to_lower(base::trim(item)));
  if (said) return {cmdb::root_of(tx, cmdb::CiId(said->integer(0))), ""};
  std::string reason = "no item is known by that name";
  for (const auto& name : names) {
    for (const auto& form : forms_of_item(name)) {
      const auto found = cmdb::resolve_ci(tx, form);
      if (found) return {found->id, ""};
      if (found.error().code == base::Errc::conflict) reason = found.error().message;
    }
  }
  return {{}, reason};
}

}  // namespace censo::desk
