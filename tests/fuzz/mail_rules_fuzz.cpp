// mail.yaml as somebody writes it, and mails with any text: no value makes a header of its own.
#include "base/text.h"
#include "collector/mail/message_writer.h"
#include "desk/filled_text.h"
#include "desk/mail_address.h"
#include "desk/mail_rules.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace censo;

// Every line of the head is one of ours, or goes on with one.
void check_head(std::string_view message) {
  const auto head = message.substr(0, message.find("\r\n\r\n"));
  for (const auto line : base::split(head, '\n')) {
    bool known = line.starts_with(" ") || line.starts_with("\t");
    for (const auto* name :
         {"From:", "To:", "Subject:", "Message-Id:", "Date:", "In-Reply-To:", "References:",
          "Auto-Submitted:", "X-Auto-Response-Suppress:", "MIME-Version:", "Content-"})
      known |= line.starts_with(name);
    if (!known) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::array files{base::EmbeddedFile{"mail.yaml", text}};
  const auto rules = desk::MailRules::load(files);
  if (rules && rules->retry_after_ms <= 0) std::abort();
  const auto clean = base::sanitize_utf8(text, 4'000);
  const auto whole = desk::filled(clean, [](std::string_view) { return std::string("value"); });
  check_head(collector::mail::write_message(
      {clean, "desk@example.org", "ana@example.org", "a@example.org", {"b@example.org"}, whole, clean, 0}));
  if (desk::is_mail_address(text) && text.find_first_of(" <>\r\n") != std::string_view::npos) std::abort();
  return 0;
}
