// Where people are written to, and who writes from an address: what an admin said of tokens' names, else what
// is known of configuration items of class person. All functions run inside a caller's transaction.
#pragma once

#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// local@domain in ASCII, at most 254 bytes, nothing that means something in a header or an SMTP command.
bool is_mail_address(std::string_view text);
std::string domain_of(std::string_view address);

// Of a token's name, an account, or an address itself. Nothing: unknown, or several people have the name.
std::optional<std::string> address_of(store::Transaction& tx, std::string_view person);
// The name by which tickets know who has this address. Nothing: nobody, or several.
std::optional<std::string> person_at(store::Transaction& tx, std::string_view address);

struct PersonAddress {
  std::string person, address;
};
std::vector<PersonAddress> mail_addresses(store::Transaction& tx);  // as an admin said, by person
// Errc::invalid_argument; Errc::conflict, IN_USE: somebody else's.
base::Result<void> set_mail_address(store::Transaction& tx, const PersonAddress& one);
base::Result<void> remove_mail_address(store::Transaction& tx, std::string_view person);  // Errc::not_found

}  // namespace censo::desk
