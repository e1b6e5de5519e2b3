#include "collector/mail_desk.h"

#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "collector/mail/message_reader.h"
#include "desk/attachment_rules.h"
#include "desk/detection_rules.h"
#include "desk/incoming_mail.h"
#include "desk/mail_rules.h"
#include "desk/ticket_kind.h"

#include <utility>

namespace censo::collector {
namespace {

mail::ReadSettings reading_of(const desk::MailRules& rules, const desk::AttachmentRules& attachments) {
  mail::ReadSettings settings;
  settings.markers = {rules.marker.en, rules.marker.es};
  settings.file_bytes = static_cast<std::size_t>(attachments.bytes);
  return settings;
}

}  // namespace

struct MailDesk::Parts {
  Parts(cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog) : impact{graph, catalog} {}

  const cmdb::ImpactSource impact;
  const desk::TicketKinds kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
  const desk::DetectionRules detection = desk::DetectionRules::load(cmdb::built_in_schemas()).value();
  const desk::MailRules rules = desk::MailRules::load(cmdb::built_in_schemas()).value();
  const desk::AttachmentRules attachments = desk::AttachmentRules::load(cmdb::built_in_schemas()).value();
  const mail::ReadSettings reading = reading_of(rules, attachments);
};

MailDesk::MailDesk(cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog)
    : parts_(std::make_unique<const Parts>(graph, catalog)) {}
MailDesk::~MailDesk() = default;

desk::MailIntake MailDesk::intake() const {
  return {parts_->rules, parts_->attachments};
}
const desk::MailRules& MailDesk::rules() const {
  return parts_->rules;
}
const mail::ReadSettings& MailDesk::reading() const {
  return parts_->reading;
}

ReadMail MailDesk::read(std::string message) const {
  auto content = mail::read_message(message, parts_->reading);
  return {desk::whole_mail(std::move(message)), std::move(content)};
}

desk::TakenMail MailDesk::take(store::Transaction& tx, const ReadMail& mail, const base::Clock& clock) const {
  const desk::Act act{"collector", "mail", clock, {"rule"}};
  const desk::Operation operation{tx, parts_->kinds, act, &parts_->impact, &parts_->detection};
  if (!mail.content)
    return desk::take_unreadable(operation, intake(), mail.content.error().message, mail.whole);
  return desk::take_mail(operation, intake(), *mail.content, mail.whole);
}

}  // namespace censo::collector
