#include "collector/jobs/mail_courier.h"

#include "base/log.h"
#include "collector/mail/imap.h"
#include "collector/mail/message_writer.h"
#include "collector/mail/smtp.h"
#include "collector/mail_desk.h"
#include "desk/incoming_mail.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_queue.h"
#include "desk/mail_rules.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace censo::collector::jobs {
namespace {

constexpr std::size_t mails_a_round = 50;
constexpr base::TimeMs claim_ms = 30 * 60 * 1000;  // longer than a round of slow answers
constexpr auto pause = std::chrono::seconds(5);
constexpr int rounds_a_fetch = 4;
constexpr std::size_t mails_a_fetch = 200;

struct Round {
  desk::MailAccount account;
  std::vector<desk::OutgoingMail> mails;
};

// Most of the time nothing is due, and then nothing is written.
std::optional<Round> claim(store::Database& database, base::TimeMs now) {
  std::optional<Round> round;
  bool due = false;
  const auto looked = database.read([&](store::Transaction& tx) -> store::Outcome {
    due = desk::is_mail_due(tx, now);
    return {};
  });
  if (looked && !due) return {};
  const auto done = database.write([&](store::Transaction& tx) -> store::Outcome {
    round.reset();
    auto account = desk::find_account(tx, "out");
    if (!account) return {};
    round = Round{std::move(*account), desk::claim_mails(tx, now, now + claim_ms, mails_a_round)};
    return {};
  });
  if (!done) base::log(base::LogLevel::warning, "mail.queue_failed", base::to_string(done.error()));
  if (!done || !round || round->mails.empty()) return {};
  return round;
}

template <class Work>
bool write(store::Database& database, const Work& work) {
  const auto done = database.write([&](store::Transaction& tx) -> store::Outcome {
    work(tx);
    return {};
  });
  if (!done) base::log(base::LogLevel::warning, "mail.database_failed", base::to_string(done.error()));
  return done.has_value();
}

void note(store::Database& database, std::string_view way, const std::string& problem, base::TimeMs now) {
  if (!problem.empty()) base::log(base::LogLevel::warning, "mail.failed", problem, {{"way", way}});
  write(database, [&](store::Transaction& tx) { desk::note_try(tx, way, problem, now); });
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

  void send(const Round& round, const mail::MailServer& server, const std::stop_token& stop) {
    mail::CurlConnection connection(server, "smtp", stop);
    const auto greeting = desk::domain_of(round.account.address);
    bool reached = true;
    for (const auto& one : round.mails) {
      mail::SmtpOutcome outcome{mail::SmtpOutcome::What::not_now, problem_, true};
      if (reached && !stop.stop_requested())
        outcome =
            mail::send(connection, greeting, round.account.address, one.address, text_of(one, round.account));
      if (outcome.server) {
        reached = false;
        problem_ = outcome.problem;
      }
      settle(one, outcome);
    }
    note(database_, "out", reached ? "" : problem_, clock_.now());
  }

  // Of none of the mails: the server, its password.
  void put_off(const Round& round, const std::string& problem) {
    for (const auto& one : round.mails) settle(one, {mail::SmtpOutcome::What::not_now, problem, true});
    note(database_, "out", problem, clock_.now());
  }

 private:
  void settle(const desk::OutgoingMail& mail, const mail::SmtpOutcome& outcome) {
    const auto delivery = static_cast<desk::Delivery>(outcome.what);
    write(database_, [&](store::Transaction& tx) {
      desk::settle_mail(tx, rules_, mail.id, {delivery, outcome.problem}, clock_.now());
    });
  }

  store::Database& database_;
  const desk::MailRules& rules_;
  const base::Clock& clock_;
  std::string problem_;
};

// One folder, from where it was read to the last time.
class Fetching {
 public:
  Fetching(store::Database& database, const MailDesk& desk, const base::Clock& clock)
      : database_(database), desk_(desk), clock_(clock) {}

  base::Result<void> fetch(const desk::MailAccount& account, const mail::MailServer& server,
                           const std::stop_token& stop) {
    mail::CurlConnection connection(server, "imap", stop);
    auto folder = known_folder(account);
    const auto status = mail::folder_status(connection, account.folder);
    if (!status) return status.error();
    if (folder.validity != status->validity) {
      const bool anew = folder.validity != 0;
      const auto first =
          anew ? first_since(connection, account, *status) : base::Result<std::int64_t>(status->next_uid);
      if (!first) return first.error();
      folder.last_uid = *first - 1;
      folder.validity = status->validity;
      save(folder);
    }
    if (status->next_uid <= folder.last_uid + 1) return {};
    const auto uids = mail::uids_after(connection, account.folder, folder.last_uid, mails_a_fetch);
    if (!uids) return uids.error();
    for (const auto uid : *uids) {
      if (stop.stop_requested()) return {};
      folder.last_uid = uid;
      const auto most = static_cast<std::size_t>(desk_.rules().incoming.bytes);
      const auto message = mail::fetch_message(connection, account.folder, uid, most);
      const bool passed_over = !message && (message.error().code == base::Errc::limit_exceeded ||
                                            message.error().code == base::Errc::not_found);
      if (!message && !passed_over) return message.error();
      if (passed_over) base::log(base::LogLevel::warning, "mail.left", message.error().message);
      if (passed_over ? !save(folder) : !take(*message, folder)) return {};
    }
    return {};
  }

 private:
  // Of a folder that is numbered anew: what was taken before is known by its digest, what was there before
  // the server was set is nobody's answer.
  static base::Result<std::int64_t> first_since(mail::CurlConnection& connection,
                                                const desk::MailAccount& account,
                                                const mail::FolderStatus& status) {
    const auto first = mail::first_uid_since(connection, account.folder, account.updated_at);
    if (!first) return first.error();
    return *first == 0 ? status.next_uid : *first;
  }
  desk::MailFolder known_folder(const desk::MailAccount& account) {
    desk::MailFolder folder;
    const auto name =
        account.host + ":" + std::to_string(account.port) + " " + account.user + " " + account.folder;
    write(database_, [&](store::Transaction& tx) { folder = desk::find_folder(tx, name); });
    folder.name = name;
    return folder;
  }
  bool save(const desk::MailFolder& folder) {
    return write(database_, [&](store::Transaction& tx) { desk::save_folder(tx, folder); });
  }
  bool take(const std::string& message, const desk::MailFolder& folder) {
    desk::TakenMail taken;
    const bool done = write(database_, [&](store::Transaction& tx) {
      taken = desk_.take(tx, message, clock_);
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

static_assert(static_cast<int>(mail::SmtpOutcome::What::taken) == static_cast<int>(desk::Delivery::taken));
static_assert(static_cast<int>(mail::SmtpOutcome::What::refused) ==
              static_cast<int>(desk::Delivery::refused));
static_assert(static_cast<int>(mail::SmtpOutcome::What::not_now) ==
              static_cast<int>(desk::Delivery::not_now));

}  // namespace

std::string secret_name(const desk::MailAccount& account) {
  return "mail " + account.way + " " + account.host;
}

base::Result<mail::MailServer> server_of(const desk::MailAccount& account, const CredentialBox& box) {
  using Security = mail::MailServer::Security;
  const auto security = account.security == desk::MailSecurity::tls        ? Security::tls
                        : account.security == desk::MailSecurity::starttls ? Security::starttls
                                                                           : Security::none;
  mail::MailServer server{account.host, account.port, security, account.user, {}, account.ca};
  if (account.secret.empty()) return server;
  auto password = box.unseal_secret(account.secret, secret_name(account));
  if (!password) return password.error();
  server.password = std::move(*password);
  return server;
}

void send_due_mails(store::Database& database, const desk::MailRules& rules, const CredentialBox& box,
                    const base::Clock& clock, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto round = claim(database, clock.now());
    if (!round) return;
    Sending sending(database, rules, clock);
    const auto server = server_of(round->account, box);
    if (!server) return sending.put_off(*round, server.error().message);
    sending.send(*round, *server, stop);
    if (round->mails.size() < mails_a_round) return;
  }
}

void fetch_mails(store::Database& database, const MailDesk& desk, const CredentialBox& box,
                 const base::Clock& clock, const std::stop_token& stop) {
  std::optional<desk::MailAccount> account;
  const auto looked = database.read([&](store::Transaction& tx) -> store::Outcome {
    account = desk::find_account(tx, "in");
    return {};
  });
  if (!looked || !account) return;
  const auto server = server_of(*account, box);
  const auto done = server ? Fetching(database, desk, clock).fetch(*account, *server, stop)
                           : base::Result<void>(server.error());
  if (stop.stop_requested()) return;
  note(database, "in", done ? "" : done.error().message, clock.now());
}

// The mutex is for the pause alone: nothing is guarded by it (docs/decisions/0120-housekeeping.md).
class MailCourier::Thread {
 public:
  Thread(store::Database& database, cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog,
         const CredentialBox& box, const base::Clock& clock)
      : database_(database), desk_(graph, catalog), box_(box), clock_(clock) {}

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
  }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void loop(const std::stop_token& stop) {
    for (int round = 0; !stop.stop_requested(); ++round) {
      try {
        send_due_mails(database_, desk_.rules(), box_, clock_, stop);
        if (round % rounds_a_fetch == 0) fetch_mails(database_, desk_, box_, clock_, stop);
      } catch (const std::exception& failure) {
        base::log(base::LogLevel::error, "mail.failed", failure.what());
      }
      std::unique_lock lock(mutex_);
      stopped_.wait_for(lock, stop, pause, [] { return false; });
    }
  }

  store::Database& database_;
  const MailDesk desk_;
  const CredentialBox& box_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

MailCourier::MailCourier(store::Database& database, cmdb::ImpactGraph& graph,
                         const cmdb::ClassCatalog& catalog, const CredentialBox& box,
                         const base::Clock& clock)
    : thread_(std::make_unique<Thread>(database, graph, catalog, box, clock)) {}
MailCourier::~MailCourier() {
  thread_->stop();
}
void MailCourier::start() {
  thread_->start();
}
void MailCourier::stop() {
  thread_->stop();
}

}  // namespace censo::collector::jobs
