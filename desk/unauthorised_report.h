// Who is told of changes that nobody had agreed to: one notice and, of a critical item, one task a group
// (service-desk rule 44).
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <cstddef>

namespace censo::desk {

struct MailRules;  // desk/mail_rules.h

// Part of the detection that begins the group.
void report_later(store::Transaction& tx, DetectedId group);

// Reports what is due, at most `limit` groups; those that were decided meanwhile are left out. Inside a
// caller's transaction, with the rules of detection. True: there may be more.
bool report_unauthorised(const Operation& operation, const MailRules& rules, std::size_t limit);

}  // namespace censo::desk
