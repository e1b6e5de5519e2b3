#include "collector/mail_desk.h"

#include "cmdb/class_catalog.h"

namespace censo::collector {
namespace {

mail::ReadSettings reading_of(const desk::MailRules& rules, const desk::AttachmentRules& attachments) {
  mail::ReadSettings settings;
  settings.markers = {rules.marker.en, rules.marker.es};
  settings.file_bytes = static_cast<std::size_t>(attachments.bytes);
  return settings;
}

}  // namespace

MailDesk::MailDesk(cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog)
    : impact_{graph, catalog},
      kinds_(desk::TicketKinds::load(cmdb::built_in_schemas()).value()),
      detection_(desk::DetectionRules::load(cmdb::built_in_schemas()).value()),
      rules_(desk::MailRules::load(cmdb::built_in_schemas()).value()),
      attachments_(desk::AttachmentRules::load(cmdb::built_in_schemas()).value()),
      reading_(reading_of(rules_, attachments_)) {}

desk::TakenMail MailDesk::take(store::Transaction& tx, std::string_view message,
                               const base::Clock& clock) const {
  const desk::Act act{"collector", "mail", clock, {"rule"}};
  const desk::Operation operation{tx, kinds_, act, &impact_, &detection_};
  const auto mail = mail::read_message(message, reading_);
  if (!mail) return desk::take_unreadable(operation, intake(), mail.error().message, message);
  return desk::take_mail(operation, intake(), *mail, message);
}

}  // namespace censo::collector
