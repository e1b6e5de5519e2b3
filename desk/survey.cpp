#include "desk/survey.h"

#include "base/text.h"
#include "desk/guards.h"
#include "desk/ticket_store.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr base::TimeMs open_ms = base::TimeMs{30} * 24 * 60 * 60 * 1'000;

bool is_asked_of(const Ticket& ticket) {
  return ticket.state == "closed" && (ticket.kind == "incident" || ticket.kind == "request");
}

base::Result<void> check_time(const Operation& operation, const Ticket& ticket) {
  if (!is_asked_of(ticket))
    return in_the_way(ticket.number + " is " + ticket.state + ": it is asked when it is closed",
                      "NOT_CLOSED");
  if (operation.act.clock.now() - ticket.state_since > open_ms)
    return in_the_way("more than 30 days have passed since it was closed", "TOO_LATE");
  if (survey_of(operation.tx, ticket.id)) return in_the_way("it was answered already", "ANSWERED");
  return {};
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
}

}  // namespace

std::optional<SurveyAnswer> survey_of(store::Transaction& tx, TicketId ticket) {
  const auto row = tx.query_one("select score, comment, answered_at from ticket_survey where ticket_id = $1",
                                ticket.value);
  if (!row) return {};
  return SurveyAnswer{row->integer(0), row->text(1), row->integer(2)};
}

bool is_survey_open(const Operation& operation, const Ticket& ticket) {
  return operation.act.actor == ticket.requester && check_time(operation, ticket).has_value();
}

base::Result<void> answer_survey(const Operation& operation, const Ticket& ticket, std::int64_t score,
                                 std::string_view comment) {
  if (operation.act.actor != ticket.requester)
    return base::fail(Errc::permission_denied, "only its requester says how content he was", {},
                      "ROLE_NEEDED");
  if (score < 1 || score > 5)
    return base::fail(Errc::invalid_argument, "expected a score from 1 to 5", "score", "BAD_VALUE");
  const std::string said(base::trim(comment));
  if (said.size() > longest_survey_comment || !base::is_valid_utf8(said) ||
      std::ranges::any_of(said, is_control))
    return base::fail(Errc::invalid_argument,
                      "expected a comment of at most 4000 bytes of UTF-8 without control characters",
                      "comment", "BAD_VALUE");
  if (const auto may = check_time(operation, ticket); !may) return may;
  operation.tx.execute(
      "insert into ticket_survey (ticket_id, answered_at, score, comment) values ($1, $2, $3, $4)",
      ticket.id.value, operation.act.clock.now(), score, said);
  auto entry = entry_of(ticket, "rate", operation.act);
  entry.after = fields_to_json({{"score", std::to_string(score)}});
  add_history(operation.tx, ticket, entry, operation.act.clock);
  return {};
}

std::optional<MailedAnswer> answer_in_mail(std::string_view text) {
  const auto said = base::trim(text);
  if (said.empty() || said.front() < '1' || said.front() > '5') return {};
  const auto rest = said.substr(1);
  // A line of its own: "4 printers are broken again" is a new matter.
  const auto line_end = rest.find_first_of("\r\n");
  const auto line = base::trim(rest.substr(0, line_end));
  if (!line.empty() && line != "." && line != "/5") return {};
  return MailedAnswer{said.front() - '0',
                      line_end == rest.npos ? "" : std::string(base::trim(rest.substr(line_end)))};
}

}  // namespace censo::desk
