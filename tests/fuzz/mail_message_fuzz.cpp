// Mail off a server: whatever the bytes are, what comes out is bounded, UTF-8 and without controls.
#include "base/text.h"
#include "collector/mail/html_text.h"
#include "collector/mail/imap.h"
#include "collector/mail/message_reader.h"
#include "desk/mail_address.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace censo;

void check(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes || !base::is_valid_utf8(text)) std::abort();
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f) std::abort();
}

void check_id(std::string_view id) {
  check(id, 250);
  if (id.empty() || id.find_first_of(" \t\n<>") != std::string_view::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const collector::mail::ReadSettings settings{{"above this line"}};
  check(collector::mail::text_of_html(text, 1'000), 1'000);
  for (const auto number : collector::mail::numbers_of_search(text))
    if (number <= 0) std::abort();
  if (collector::mail::number_after(text, "UIDNEXT") < 0) std::abort();
  const auto mail = collector::mail::read_message(text, settings);
  if (!mail) return 0;
  check(mail->subject, 500);
  if (mail->subject.find('\n') != std::string::npos) std::abort();
  check(mail->text, settings.text_bytes);
  check(mail->program, 200);
  if (!mail->from.empty() && !desk::is_mail_address(mail->from)) std::abort();
  if (!mail->message_id.empty()) check_id(mail->message_id);
  for (const auto& id : mail->answers) check_id(id);
  for (const auto& id : mail->returned) check_id(id);
  if (mail->files.size() > settings.files) std::abort();
  for (const auto& file : mail->files) check(file.name, 255);
  return 0;
}
