// How content a requester was: asked once, when his ticket is closed (service-desk rule 14). All functions
// run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace censo::desk {

constexpr std::size_t longest_survey_comment = 4'000;  // bytes

struct SurveyAnswer {
  std::int64_t score = 0;  // 1 (bad) to 5 (good)
  std::string comment;
  base::TimeMs at = 0;
};

std::optional<SurveyAnswer> survey_of(store::Transaction& tx, TicketId ticket);

// The ticket was closed, somebody is asked, and he may still answer.
bool is_survey_open(const Operation& operation, const Ticket& ticket);

// By the requester alone, within 30 days, once. Errc::permission_denied, ROLE_NEEDED; Errc::conflict:
// NOT_CLOSED, TOO_LATE, ANSWERED; Errc::invalid_argument: the score, or the comment is too long.
base::Result<void> answer_survey(const Operation& operation, const Ticket& ticket, std::int64_t score,
                                 std::string_view comment);

struct MailedAnswer {
  std::int64_t score = 0;
  std::string comment;
};
// Of a mail that answers with a digit from 1 to 5 alone on its first line; the comment stands below it.
// Nothing: it says something else.
std::optional<MailedAnswer> answer_in_mail(std::string_view text);

}  // namespace censo::desk
