#include "desk/mail_address.h"

#include "base/text.h"

#include <algorithm>
#include <set>

namespace censo::desk {
namespace {

using base::Errc;

bool is_of(std::string_view text, std::string_view besides) {
  return std::ranges::all_of(text, [&](char c) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return plain || besides.find(c) != std::string_view::npos;
  });
}

// The people that have this key, by what is asked of each; items that are merged or retired are nobody.
std::set<std::string> of_people(store::Transaction& tx, std::string_view rule, std::string_view value,
                                std::string_view wanted) {
  std::set<std::string> found;
  for (const auto& row : tx.query("select ci.name, ci.attributes->>'account', ci.attributes->>'email' "
                                  "from ci_key join ci on ci.id = ci_key.ci_id "
                                  "where ci_key.rule = $1 and ci_key.value = $2 and ci.class = 'person' "
                                  "and ci.merged_into is null and ci.stage <> 'retired'",
                                  rule, value)) {
    if (wanted == "email") {
      if (!row.is_null(2)) found.insert(row.text(2));
    } else {
      found.insert(row.is_null(1) || row.text(1).empty() ? row.text(0) : row.text(1));
    }
  }
  return found;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  const auto local = text.substr(0, at), domain = text.substr(at + 1);
  if (local.empty() || local.size() > 64 || domain.empty()) return false;
  if (local.front() == '-' || domain.front() == '-' || domain.front() == '.' || domain.back() == '.')
    return false;
  return is_of(local, "!#$%&'*+-/=?^_`{|}~.") && is_of(domain, ".-");
}

std::string domain_of(std::string_view address) {
  return base::to_lower(address.substr(address.find('@') + 1));
}

std::optional<std::string> address_of(store::Transaction& tx, std::string_view person) {
  if (person.empty()) return {};
  if (const auto row = tx.query_one("select address from mail_address where person = $1", person))
    return row->text(0);
  if (is_mail_address(person)) return std::string(person);
  const auto folded = base::to_lower(person);
  auto found = of_people(tx, "person_account", folded, "email");
  if (found.empty()) found = of_people(tx, "name", folded, "email");
  if (found.size() != 1 || !is_mail_address(*found.begin())) return {};
  return *found.begin();
}

std::optional<std::string> person_at(store::Transaction& tx, std::string_view address) {
  const auto folded = base::to_lower(address);
  if (const auto row = tx.query_one("select person from mail_address where folded = $1", folded))
    return row->text(0);
  const auto found = of_people(tx, "person_email", folded, "name");
  if (found.size() != 1) return {};
  return *found.begin();
}

std::vector<PersonAddress> mail_addresses(store::Transaction& tx) {
  std::vector<PersonAddress> found;
  for (const auto& row : tx.query("select person, address from mail_address order by person"))
    found.push_back({row.text(0), row.text(1)});
  return found;
}

base::Result<void> set_mail_address(store::Transaction& tx, const PersonAddress& one) {
  if (one.person.empty() || one.person.size() > 200 || !base::is_valid_utf8(one.person))
    return base::fail(Errc::invalid_argument, "expected a name of 1 to 200 bytes", "person");
  if (!is_mail_address(one.address))
    return base::fail(Errc::invalid_argument, "expected an address such as ana@example.org", "address");
  const auto folded = base::to_lower(one.address);
  const auto other =
      tx.query_one("select person from mail_address where folded = $1 and person <> $2", folded, one.person);
  if (other)
    return base::fail(Errc::conflict, one.address + " is the address of " + other->text(0), {}, "IN_USE");
  tx.execute(
      "insert into mail_address (person, address, folded) values ($1, $2, $3) on conflict (person) do update "
      "set address = excluded.address, folded = excluded.folded",
      one.person, one.address, folded);
  return {};
}

base::Result<void> remove_mail_address(store::Transaction& tx, std::string_view person) {
  if (tx.execute("delete from mail_address where person = $1", person) > 0) return {};
  return base::fail(Errc::not_found, "no address was set for " + base::sanitize_utf8(person, 60));
}

}  // namespace censo::desk
