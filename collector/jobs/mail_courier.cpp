#include "collector/jobs/mail_courier.h"

#include "base/log.h"
#include "collector/jobs/round_thread.h"
#include "collector/mail/imap.h"
#include "collector/mail/message_writer.h"
#include "collector/mail/smtp.h"
#include "collector/mail_desk.h"
#include "desk/incoming_mail.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_queue.h"
#include "desk/mail_rules.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace censo::collector::jobs {
namespace {

constexpr std::size_t mails_a_round = 15;
// Longer than a round of the slowest answers.
constexpr base::TimeMs claim_ms = base::TimeMs{mails_a_round + 1} * mail::longest_sending_s * 1000;
constexpr auto pause = std::chrono::seconds(5);
constexpr int rounds_a_fetch = 4;
constexpr std::size_t mails_a_fetch = 200;
constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

struct Round {
  desk::MailAccount account;
  std::vector<desk::OutgoingMail> mails;
};

template <class Work>
base::Result<void> read(store::Database& database, const Work& work) {
  return database.read([&](store::Transaction& tx) -> store::Outcome {
    work(tx);
    return {};
  });
}

template <class Work>
base::Result<void> write(store::Database& database, const Work& work) {
  return database.write([&](store::Transaction& tx) -> store::Outcome {
    work(tx);
    return {};
  });
}

void complain(const base::Result<void>& done) {
  if (!done) base::log(base::LogLevel::warning, "mail.database_failed", base::to_string(done.error()));
}

// Most of the time nothing is due, and then nothing is written.
base::Result<std::optional<Round>> claim(store::Database& database, base::TimeMs now) {
  bool due = false;
  const auto looked = read(database, [&](store::Transaction& tx) { due = desk::is_mail_due(tx, now); });
  if (!looked) return looked.error();
  std::optional<Round> round;
  if (!due) return round;
  const auto done = write(database, [&](store::Transaction& tx) {
    round.reset();
    auto account = desk::find_account(tx, "out");
    if (!account) return;
    round = Round{std::move(*account), desk::claim_mails(tx, now, now + claim_ms, mails_a_round)};
  });
  if (!done) return done.error();
  if (round && round->mails.empty()) round.reset();
  return round;
}

void note(store::Database& database, std::string_view way, const std::string& problem, base::TimeMs now) {
  if (!problem.empty()) base::log(base::LogLevel::warning, "mail.failed", problem, {{"way", way}});
  complain(write(database, [&](store::Transaction& tx) { desk::note_try(tx, way, problem, now); }));
}

std::string text_of(const desk::OutgoingMail& mail, const desk::MailAccount& account) {
  return mail::write_message({account.name, account.address, mail.address, mail.message_id, mail.answers,
                              mail.subject, mail.body, mail.created_at});
}

// One connection, from the first mail to the last.
class Sending {
 public:
  Sending(store::Database& database, const desk::MailRules& rules, const base::Clock& clock)
      : database_(database), rules_(rules), clock_(clock) {}

  // False: others would fare no better now. What a stop leaves untried is anybody's again.
  bool send(const Round& round, const mail::MailServer& server, const std::stop_token& stop) {
    mail::CurlConnection connection(server, "smtp", stop);
    const auto greeting = desk::domain_of(round.account.address);
    std::string problem;  // of the server: the others would fare the same
    for (auto one = round.mails.begin(); one != round.mails.end(); ++one) {
      mail::SmtpOutcome outcome{{desk::Delivery::not_now, problem}, true};
      if (problem.empty() && !stop.stop_requested())
        outcome = mail::send(connection, greeting, round.account.address, one->address,
                             text_of(*one, round.account));
      if (stop.stop_requested() && outcome.of_mail.delivery == desk::Delivery::not_now)
        return release({one, round.mails.end()});
      if (outcome.server) problem = outcome.of_mail.problem;
      settle(*one, outcome.of_mail);
    }
    note(database_, "out", problem, clock_.now());
    return problem.empty();
  }

  // Of none of the mails: the server, its password.
  void put_off(const Round& round, const std::string& problem) {
    for (const auto& one : round.mails) settle(one, {desk::Delivery::not_now, problem});
    note(database_, "out", problem, clock_.now());
  }

 private:
  void settle(const desk::OutgoingMail& mail, const desk::DeliveryTry& one) {
    complain(write(database_, [&](store::Transaction& tx) {
      desk::settle_mail(tx, rules_, mail.id, one, clock_.now());
    }));
  }
  bool release(std::span<const desk::OutgoingMail> mails) {
    std::vector<desk::MailId> ids;
    for (const auto& one : mails) ids.push_back(one.id);
    complain(write(database_, [&](store::Transaction& tx) { desk::release_mails(tx, ids); }));
    return false;
  }

  store::Database& database_;
  const desk::MailRules& rules_;
  const base::Clock& clock_;
};

// One folder, from where it was read to the last time.
class Fetching {
 public:
  Fetching(store::Database& database, const MailDesk& desk, const base::Clock& clock)
      : database_(database), desk_(desk), clock_(clock) {}

  base::Result<void> fetch(const desk::MailAccount& account, const mail::MailServer& server,
                           const std::stop_token& stop) {
    mail::CurlConnection connection(server, "imap", stop);
    auto known = known_folder(account);
    if (!known) return known.error();
    auto& folder = *known;
    const auto status = mail::folder_status(connection, account.folder);
    if (!status) return status.error();
    if (folder.validity != status->validity) {
      const bool anew = folder.validity != 0;
      const auto first =
          anew ? first_since(connection, account, *status) : base::Result<std::int64_t>(status->next_uid);
      if (!first) return first.error();
      folder.last_uid = *first - 1;
      folder.validity = status->validity;
      if (auto saved = save(folder); !saved) return saved;
    }
    if (status->next_uid <= folder.last_uid + 1) return {};
    const auto uids = mail::uids_after(connection, account.folder, folder.last_uid, mails_a_fetch);
    if (!uids) return uids.error();
    for (const auto uid : *uids) {
      if (stop.stop_requested()) return {};
      folder.last_uid = uid;
      if (auto taken = fetch_one(connection, account, folder); !taken) return taken;
    }
    return {};
  }

 private:
  // Of a folder that is numbered anew: what was taken before is known by its digest as long as that is
  // remembered, what was there before the server was set is nobody's answer.
  base::Result<std::int64_t> first_since(mail::CurlConnection& connection, const desk::MailAccount& account,
                                         const mail::FolderStatus& status) const {
    const auto remembered_since = clock_.now() - desk_.rules().incoming.remember_ms + day_ms;
    const auto since = std::max(account.updated_at, remembered_since);
    const auto first = mail::first_uid_since(connection, account.folder, since);
    if (!first) return first.error();
    return *first == 0 ? status.next_uid : *first;
  }
  // Zeros: never read. A look that fails is no such answer.
  base::Result<desk::MailFolder> known_folder(const desk::MailAccount& account) {
    desk::MailFolder folder;
    const auto name =
        account.host + ":" + std::to_string(account.port) + " " + account.user + " " + account.folder;
    const auto looked =
        read(database_, [&](store::Transaction& tx) { folder = desk::find_folder(tx, name); });
    if (!looked) return looked.error();
    folder.name = name;
    return folder;
  }
  // The one that the folder is read to then.
  base::Result<void> fetch_one(mail::CurlConnection& connection, const desk::MailAccount& account,
                               const desk::MailFolder& folder) {
    const auto most = static_cast<std::size_t>(desk_.rules().incoming.bytes);
    auto message = mail::fetch_message(connection, account.folder, folder.last_uid, most);
    if (message) return take(desk_.read(std::move(*message)), folder);
    const auto code = message.error().code;
    if (code != base::Errc::limit_exceeded && code != base::Errc::not_found) return message.error();
    base::log(base::LogLevel::warning, "mail.left", message.error().message);
    return save(folder);
  }
  base::Result<void> save(const desk::MailFolder& folder) {
    return write(database_, [&](store::Transaction& tx) { desk::save_folder(tx, folder); });
  }
  base::Result<void> take(const ReadMail& mail, const desk::MailFolder& folder) {
    desk::TakenMail taken;
    auto done = write(database_, [&](store::Transaction& tx) {
      taken = desk_.take(tx, mail, clock_);
      desk::save_folder(tx, folder);
    });
    if (done)
      base::log(base::LogLevel::info, "mail.taken", taken.reason,
                {{"outcome", desk::name_of(taken.outcome)}, {"ticket", taken.ticket}});
    return done;
  }

  store::Database& database_;
  const MailDesk& desk_;
  const base::Clock& clock_;
};

}  // namespace

std::string secret_name(const desk::MailAccount& account) {
  return "mail " + account.way + " " + account.host;
}

base::Result<mail::MailServer> server_of(const desk::MailAccount& account, const CredentialBox& box) {
  mail::MailServer server{account.host, account.port, account.security, account.user, {}, account.ca};
  if (account.secret.empty()) return server;
  auto password = box.unseal_secret(account.secret, secret_name(account));
  if (!password) return password.error();
  server.password = std::move(*password);
  return server;
}

void send_due_mails(store::Database& database, const desk::MailRules& rules, const CredentialBox& box,
                    const base::Clock& clock, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto claimed = claim(database, clock.now());
    if (!claimed) return complain(claimed.error());
    const auto& round = *claimed;
    if (!round) return;
    Sending sending(database, rules, clock);
    const auto server = server_of(round->account, box);
    if (!server) return sending.put_off(*round, server.error().message);
    if (!sending.send(*round, *server, stop) || round->mails.size() < mails_a_round) return;
  }
}

void fetch_mails(store::Database& database, const MailDesk& desk, const CredentialBox& box,
                 const base::Clock& clock, const std::stop_token& stop) {
  std::optional<desk::MailAccount> account;
  const auto looked = read(database, [&](store::Transaction& tx) { account = desk::find_account(tx, "in"); });
  if (!looked) return complain(looked);
  if (!account) return;
  const auto server = server_of(*account, box);
  const auto done = server ? Fetching(database, desk, clock).fetch(*account, *server, stop)
                           : base::Result<void>(server.error());
  if (stop.stop_requested()) return;
  note(database, "in", done ? "" : done.error().message, clock.now());
}

class MailCourier::Rounds {
 public:
  Rounds(store::Database& database, cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog,
         const CredentialBox& box, const base::Clock& clock)
      : database_(database),
        desk_(graph, catalog),
        box_(box),
        clock_(clock),
        thread_("mail", {std::chrono::milliseconds(0), pause},
                [this](const std::stop_token& stop) { run(stop); }) {}

  RoundThread& thread() { return thread_; }

 private:
  void run(const std::stop_token& stop) {
    send_due_mails(database_, desk_.rules(), box_, clock_, stop);
    if (rounds_++ % rounds_a_fetch == 0) fetch_mails(database_, desk_, box_, clock_, stop);
  }

  store::Database& database_;
  const MailDesk desk_;
  const CredentialBox& box_;
  const base::Clock& clock_;
  unsigned rounds_ = 0;
  RoundThread thread_;  // last: it uses everything above
};

MailCourier::MailCourier(store::Database& database, cmdb::ImpactGraph& graph,
                         const cmdb::ClassCatalog& catalog, const CredentialBox& box,
                         const base::Clock& clock)
    : rounds_(std::make_unique<Rounds>(database, graph, catalog, box, clock)) {}
MailCourier::~MailCourier() = default;
void MailCourier::start() {
  rounds_->thread().start();
}
void MailCourier::stop() {
  rounds_->thread().stop();
}

}  // namespace censo::collector::jobs
