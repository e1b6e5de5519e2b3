// Carries mail: what the desk has queued goes to the server that an admin set, what has arrived at the desk's
// own folder is given to it. docs/mail.md.
#pragma once

#include "base/clock.h"
#include "cmdb/store/database.h"
#include "collector/jobs/credential_box.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

namespace censo::cmdb {
class ClassCatalog;
class ImpactGraph;  // cmdb/impact_graph.h
}  // namespace censo::cmdb

namespace censo::desk {
struct MailAccount;  // desk/mail_account.h
struct MailRules;    // desk/mail_rules.h
}  // namespace censo::desk

namespace censo::collector {
class MailDesk;  // collector/mail_desk.h
namespace mail {
struct MailServer;  // collector/mail/curl_connection.h
}
}  // namespace censo::collector

namespace censo::collector::jobs {

// By which a mail server's password is sealed: it opens for this host alone.
std::string secret_name(const desk::MailAccount& account);
// Errc::malformed: the password was sealed with another key, or for another host.
base::Result<mail::MailServer> server_of(const desk::MailAccount& account, const CredentialBox& box);

// One round: everything that is due, over one connection. Mails that the server takes are sent once; when the
// collector is killed between that and its note, once more, with the same Message-ID.
void send_due_mails(store::Database& database, const desk::MailRules& rules, const CredentialBox& box,
                    const base::Clock& clock, const std::stop_token& stop);

// One round: what has come into the folder since the last one, oldest first. The first time only what comes
// from then on. Each mail and how far the folder was read are one transaction: each is taken once.
void fetch_mails(store::Database& database, const MailDesk& desk, const CredentialBox& box,
                 const base::Clock& clock, const std::stop_token& stop);

// Owns the one thread that runs the rounds.
class MailCourier {
 public:
  // All of these outlive it. Nothing runs before start().
  MailCourier(store::Database& database, cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog,
              const CredentialBox& box, const base::Clock& clock);
  ~MailCourier();  // as stop()

  void start();
  void stop();  // breaks off what is under way

 private:
  class Rounds;
  std::unique_ptr<Rounds> rounds_;
};

}  // namespace censo::collector::jobs
