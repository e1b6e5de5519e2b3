// What mail that comes in is taken with: the rules of the desk, and the settings of the reader that follow
// from them.
#pragma once

#include "cmdb/impact.h"
#include "collector/mail/message_reader.h"
#include "desk/attachment_rules.h"
#include "desk/detection_rules.h"
#include "desk/incoming_mail.h"
#include "desk/mail_rules.h"
#include "desk/ticket_kind.h"

#include <string_view>

namespace censo::collector {

// Immutable, safe from any thread.
class MailDesk {
 public:
  // Both outlive it.
  MailDesk(cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog);

  desk::MailIntake intake() const { return {rules_, attachments_}; }
  const desk::MailRules& rules() const { return rules_; }
  const mail::ReadSettings& reading() const { return reading_; }
  // A whole mail off a server.
  desk::TakenMail take(store::Transaction& tx, std::string_view message, const base::Clock& clock) const;

 private:
  const cmdb::ImpactSource impact_;
  const desk::TicketKinds kinds_;
  const desk::DetectionRules detection_;
  const desk::MailRules rules_;
  const desk::AttachmentRules attachments_;
  const mail::ReadSettings reading_;
};

}  // namespace censo::collector
