#include "desk/incoming_mail.h"

#include "base/digest.h"
#include "base/text.h"
#include "desk/assignment.h"
#include "desk/attachment_rules.h"
#include "desk/desk_role.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_rules.h"
#include "desk/received_store.h"
#include "desk/survey.h"
#include "desk/tenant.h"
#include "desk/ticket_attachment.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_note.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 6> outcomes{"comment", "opened",     "waiting",
                                                   "dropped", "over_limit", "again"};
constexpr std::size_t longest_text = 15'000;  // leaves room for what is told of attachments
constexpr std::size_t longest_title_bytes = 200;

std::optional<Ticket> ticket_of_thread(store::Transaction& tx, const std::vector<std::string>& answers) {
  for (const auto& id : answers) {
    const auto row = tx.query_one(
        "select ticket.number from mail_thread join ticket on ticket.id = mail_thread.ticket_id "
        "where mail_thread.message_id = $1",
        id);
    if (!row) continue;
    auto ticket = find_ticket(tx, row->text(0));
    if (ticket) return *ticket;
  }
  return {};
}

// "Re: [INC-17] Web is slow".
std::optional<Ticket> ticket_of_subject(store::Transaction& tx, std::string_view subject) {
  for (auto open = subject.find('['); open != std::string_view::npos; open = subject.find('[', open + 1)) {
    const auto close = subject.find(']', open);
    if (close == std::string_view::npos) return {};
    const auto number = subject.substr(open + 1, close - open - 1);
    if (number.size() > 40 || number.find('-') == std::string_view::npos) continue;
    auto ticket = find_ticket(tx, number);
    if (ticket) return *ticket;
  }
  return {};
}

// Without "Re:", "Fwd:" and the like.
std::string title_of(std::string_view subject) {
  constexpr std::array<std::string_view, 7> prefixes{"re:", "fw:", "fwd:", "rv:", "aw:", "wg:", "res:"};
  auto title = base::trim(subject);
  for (bool shorter = true; shorter;) {
    shorter = false;
    const auto lower = base::to_lower(title.substr(0, 4));
    for (const auto prefix : prefixes) {
      if (!lower.starts_with(prefix)) continue;
      title = base::trim(title.substr(prefix.size()));
      shorter = true;
      break;
    }
  }
  return title.empty() ? "(no subject)" : base::sanitize_utf8(title, longest_title_bytes);
}

std::string cut(const std::string& text) {
  const auto kept = base::sanitize_utf8(text, longest_text);
  return kept.size() < text.size() ? kept + "\n[...]" : kept;
}

// One mail, in the name of who wrote it.
class Intake {
 public:
  Intake(const Operation& operation, const MailIntake& intake, const IncomingMail& mail)
      : operation_(operation), intake_(intake), mail_(mail) {}

  TakenMail take() {
    if (auto refused = refusal()) return *refused;
    person_ = person_at(operation_.tx, mail_.from).value_or("");
    auto ticket = ticket_of_thread(operation_.tx, mail_.answers);
    in_thread_ = ticket.has_value();
    if (!ticket) ticket = ticket_of_subject(operation_.tx, mail_.subject);
    return ticket ? answer(*ticket) : begin({});
  }

  const std::string& person() const { return person_; }

 private:
  static TakenMail dropped(std::string reason) { return {MailOutcome::dropped, std::move(reason), {}}; }
  static TakenMail waiting(std::string reason, std::string ticket = {}) {
    return {MailOutcome::waiting, std::move(reason), std::move(ticket)};
  }

  std::optional<TakenMail> refusal() {
    if (is_own_address()) return dropped("it comes from the desk itself");
    if (!mail_.message_id.empty() && is_own_message(operation_.tx, mail_.message_id))
      return dropped("it is the desk's own mail, or came before");
    if (const auto failed = note_returned(operation_.tx, mail_.returned, operation_.act.clock.now());
        !failed.empty())
      return dropped("mail to " + failed + " was returned");
    if (!mail_.program.empty()) return dropped("a program wrote it: " + mail_.program);
    if (!is_mail_address(mail_.from)) return waiting("it has no sender that can be read");
    if (!count_sender(operation_.tx, intake_.rules.incoming, mail_.from, operation_.act.clock.now()))
      return TakenMail{MailOutcome::over_limit, "too many of this sender within an hour", {}};
    return {};
  }

  bool is_own_address() const {
    for (const auto* way : {"out", "in"}) {
      const auto account = find_account(operation_.tx, way);
      if (account && base::equal_ignoring_case(account->address, mail_.from)) return true;
    }
    return false;
  }

  std::string author(const Ticket& ticket) const {
    if (!person_.empty()) return person_;
    return base::equal_ignoring_case(ticket.requester, mail_.from) ? ticket.requester : mail_.from;
  }

  // A mail proves nobody's token: only what was granted by name, and what the ticket says.
  TakenMail answer(const Ticket& ticket) {
    const auto who = author(ticket);
    const Act act{who, "mail", operation_.act.clock, roles_of(operation_.tx, who, Standing::reader),
                  tenant_of_person(operation_.tx, who)};
    if (!is_of_tenant(act, ticket)) return waiting("the ticket is another tenant's", ticket.number);
    const Operation as{operation_.tx, operation_.kinds, act, operation_.impact, operation_.detection};
    const auto may = check_speaker(as, ticket, NoteKind::shared);
    if (!may && may.error().reason == "FINAL" && who == ticket.requester) {
      const auto rated = in_thread_ && mail_.files.empty() ? answer_in_mail(mail_.text) : std::nullopt;
      return rated ? rate(as, ticket, *rated) : begin(ticket.number);
    }
    if (!may) return waiting(may.error().message, ticket.number);
    const auto files = attach_files(as, intake_, ticket, mail_);
    const auto noted = add_note(as, ticket, {NoteKind::shared, text_of(mail_, files), 0});
    if (!noted) return waiting(noted.error().message, ticket.number);
    note_message(operation_.tx, mail_.message_id, ticket.id, act.clock.now());
    return {MailOutcome::comment, {}, ticket.number};
  }

  // Rule 14. Who names no mail of the desk may be anybody: his digit is no answer.
  // What is no answer and says more than a digit is a new matter, like other mail to such a ticket.
  TakenMail rate(const Operation& as, const Ticket& ticket, const MailedAnswer& answer) {
    const auto comment = base::sanitize_utf8(answer.comment, longest_survey_comment);
    const auto done = answer_survey(as, ticket, answer.score, comment);
    if (done) return {MailOutcome::comment, {}, ticket.number};
    if (!answer.comment.empty()) return begin(ticket.number);
    return dropped(ticket.number + ": " + done.error().message);
  }

  TakenMail begin(const std::string& follows) {
    auto requester = person_;
    if (requester.empty()) {
      const auto unknown = intake_.rules.incoming.unknown_of(mail_.from);
      if (unknown == UnknownSender::drop) return dropped("nobody known has this address");
      if (unknown == UnknownSender::wait) return waiting("nobody known has this address", follows);
      requester = mail_.from;
    }
    const Act act{requester, "mail", operation_.act.clock, {}, tenant_of_person(operation_.tx, requester)};
    const Operation as{operation_.tx, operation_.kinds, act, operation_.impact, operation_.detection};
    const auto opened = open_by_mail(as, intake_, mail_, follows);
    if (!opened) return waiting(opened.error().message);
    return {MailOutcome::opened, {}, opened->number};
  }

  const Operation& operation_;
  const MailIntake& intake_;
  const IncomingMail& mail_;
  std::string person_;
  bool in_thread_ = false;
};

}  // namespace

WholeMail whole_mail(std::string text) {
  auto digest = base::to_hex(base::sha256(text));
  return {std::move(text), std::move(digest)};
}

std::string_view name_of(MailOutcome outcome) {
  return outcomes[static_cast<std::size_t>(outcome)];
}

std::vector<std::string> attach_files(const Operation& operation, const MailIntake& intake,
                                      const Ticket& ticket, const IncomingMail& mail) {
  std::vector<std::string> refused;
  for (const auto& file : mail.files) {
    const auto attached = attach(operation, intake.attachments, ticket, {file.name, file.content});
    if (!attached) refused.push_back(base::sanitize_utf8(file.name, 100) + ": " + attached.error().message);
  }
  if (mail.left_out > 0) refused.push_back(std::to_string(mail.left_out) + " more parts");
  if (refused.size() > 5) {
    refused.resize(5);
    refused.emplace_back("and others");
  }
  return refused;
}

std::string text_of(const IncomingMail& mail, const std::vector<std::string>& refused) {
  auto text = cut(mail.text);
  if (base::trim(text).empty()) text = "(no text)";
  for (const auto& one : refused) text += "\n[not attached: " + base::sanitize_utf8(one, 150) + "]";
  return text;
}

base::Result<Ticket> open_by_mail(const Operation& operation, const MailIntake& intake,
                                  const IncomingMail& mail, const std::string& follows) {
  NewTicket wanted;
  wanted.title = title_of(mail.subject);
  wanted.description = cut(mail.text);
  wanted.requester = operation.act.actor;
  if (!follows.empty()) wanted.fields["follows"] = follows;
  auto opened = open_and_assign(operation, wanted);
  if (!opened) return opened;
  note_message(operation.tx, mail.message_id, opened->id, operation.act.clock.now());
  const auto refused = attach_files(operation, intake, *opened, mail);
  IncomingMail without_text;
  without_text.text = "Attachments:";
  if (!refused.empty()) keep_note(operation, *opened, {NoteKind::shared, text_of(without_text, refused), 0});
  return opened;
}

TakenMail take_mail(const Operation& operation, const MailIntake& intake, const IncomingMail& mail,
                    const WholeMail& whole) {
  if (is_received(operation.tx, whole.digest)) return {MailOutcome::again, {}, {}};
  Intake one(operation, intake, mail);
  auto taken = one.take();
  return keep_received(operation, intake.rules.incoming, {mail, one.person(), whole}, taken);
}

TakenMail take_unreadable(const Operation& operation, const MailIntake& intake, const std::string& reason,
                          const WholeMail& whole) {
  if (is_received(operation.tx, whole.digest)) return {MailOutcome::again, {}, {}};
  return keep_received(operation, intake.rules.incoming, {{}, {}, whole}, {MailOutcome::waiting, reason, {}});
}

base::Result<Ticket> place_mail(const Operation& operation, const MailIntake& intake, ReceivedId id,
                                const IncomingMail& mail, const MailPlace& place) {
  if (place.ticket.empty() == place.requester.empty())
    return base::fail(Errc::invalid_argument, "expected a ticket or a requester", "ticket");
  if (!is_of_desk(operation.act.roles))
    return base::fail(Errc::permission_denied, "mail that waits is the desk's to place", {}, "ROLE_NEEDED");
  base::Result<Ticket> done = base::fail(Errc::not_found, "");
  if (place.ticket.empty()) {
    const Act act{
        place.requester, "mail", operation.act.clock, {}, tenant_of_person(operation.tx, place.requester)};
    done = open_by_mail({operation.tx, operation.kinds, act, operation.impact, operation.detection}, intake,
                        mail, "");
  } else {
    done = find_ticket(operation.tx, place.ticket);
    if (!done) return done;
    if (const auto may = check_speaker(operation, *done, NoteKind::shared); !may) return may.error();
    const auto refused = attach_files(operation, intake, *done, mail);
    const auto text = mail.from + " writes:\n\n" + text_of(mail, refused);
    done = add_note(operation, *done, {NoteKind::shared, text, 0});
    if (done) note_message(operation.tx, mail.message_id, done->id, operation.act.clock.now());
  }
  if (done) decide(operation, id, place.ticket.empty() ? "opened" : "comment", done->number);
  return done;
}

}  // namespace censo::desk
