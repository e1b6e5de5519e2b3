#include "collector/mail/message_writer.h"

#include "collector/mail/gmime_pointer.h"

#include <algorithm>

namespace censo::collector::mail {
namespace {

std::string one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

void set_body(GMimeMessage* message, const std::string& body) {
  const GObjectPointer<GMimeTextPart> part(g_mime_text_part_new_with_subtype("plain"));
  g_mime_text_part_set_charset(part.get(), "utf-8");
  g_mime_text_part_set_text(part.get(), body.c_str());
  g_mime_part_set_content_encoding(GMIME_PART(part.get()), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_message_set_mime_part(message, GMIME_OBJECT(part.get()));
}

void set_header(GMimeMessage* message, const char* name, const std::string& value) {
  g_mime_object_set_header(GMIME_OBJECT(message), name, one_line(value).c_str(), "utf-8");
}

}  // namespace

void start_gmime() {
  [[maybe_unused]] static const bool started = [] {
    g_mime_init();
    return true;
  }();
}

std::string write_message(const WrittenMail& mail) {
  start_gmime();
  const GObjectPointer<GMimeMessage> message(g_mime_message_new(TRUE));
  const auto name = one_line(mail.from_name);
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, name.empty() ? nullptr : name.c_str(),
                             mail.from.c_str());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, mail.to.c_str());
  g_mime_message_set_subject(message.get(), one_line(mail.subject).c_str(), "utf-8");
  g_mime_message_set_message_id(message.get(), mail.message_id.c_str());
  const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> date(
      g_date_time_new_from_unix_utc(mail.at / 1000), g_date_time_unref);
  g_mime_message_set_date(message.get(), date.get());
  std::string references;
  for (const auto& id : mail.answers) references += (references.empty() ? "<" : " <") + id + ">";
  if (!mail.answers.empty()) {
    set_header(message.get(), "In-Reply-To", "<" + mail.answers.back() + ">");
    set_header(message.get(), "References", references);
  }
  set_header(message.get(), "Auto-Submitted", "auto-generated");
  set_header(message.get(), "X-Auto-Response-Suppress", "All");
  set_body(message.get(), mail.body);
  const std::unique_ptr<GMimeFormatOptions, decltype(&g_mime_format_options_free)> format(
      g_mime_format_options_new(), g_mime_format_options_free);
  g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
  const GTextPointer text(g_mime_object_to_string(GMIME_OBJECT(message.get()), format.get()));
  return text.get();
}

}  // namespace censo::collector::mail
