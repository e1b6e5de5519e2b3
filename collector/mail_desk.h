// What mail that comes in is taken with: the rules of the desk, and the settings of the reader that follow
// from them.
#pragma once

#include "base/result.h"
#include "desk/mail_message.h"

#include <memory>
#include <string>

namespace censo::base {
class Clock;
}
namespace censo::cmdb {
class ClassCatalog;
class ImpactGraph;  // cmdb/impact_graph.h
}  // namespace censo::cmdb
namespace censo::desk {
struct MailIntake;  // desk/incoming_mail.h
struct MailRules;   // desk/mail_rules.h
}  // namespace censo::desk
namespace censo::store {
class Transaction;
}

namespace censo::collector {

namespace mail {
struct ReadSettings;  // collector/mail/message_reader.h
}

struct ReadMail {
  desk::WholeMail whole;
  base::Result<desk::IncomingMail> content;  // Errc::malformed: it cannot be read
};

// Immutable, safe from any thread.
class MailDesk {
 public:
  // Both outlive it.
  MailDesk(cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog);
  ~MailDesk();

  desk::MailIntake intake() const;  // refers to what this has
  const desk::MailRules& rules() const;
  const mail::ReadSettings& reading() const;
  // A whole mail off a server. Needs no database: large mail takes its time, which is not the writer's.
  ReadMail read(std::string message) const;
  desk::TakenMail take(store::Transaction& tx, const ReadMail& mail, const base::Clock& clock) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace censo::collector
