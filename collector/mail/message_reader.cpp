#include "collector/mail/message_reader.h"

#include "base/text.h"
#include "collector/mail/gmime_pointer.h"
#include "collector/mail/html_text.h"
#include "collector/mail/quoted_text.h"
#include "desk/mail_address.h"

#include <algorithm>
#include <array>
#include <utility>

namespace censo::collector::mail {
namespace {

constexpr std::size_t most_answers = 50, longest_id = 250, longest_subject = 500;

std::string header(GMimeObject* object, const char* name) {
  const char* value = g_mime_object_get_header(object, name);
  return value ? value : "";
}

// "<a@b>" and what people make of it.
std::string clean_id(std::string_view given) {
  auto text = base::trim(given);
  if (text.starts_with('<')) text.remove_prefix(1);
  if (text.ends_with('>')) text.remove_suffix(1);
  const bool sound = !text.empty() && text.size() <= longest_id && base::is_valid_utf8(text) &&
                     std::ranges::none_of(text, [](char c) {
                       return static_cast<unsigned char>(c) <= 0x20 || c == '<' || c == '>' || c == 0x7f;
                     });
  return sound ? std::string(text) : std::string();
}

void add_ids(std::string_view text, std::vector<std::string>& ids) {
  std::vector<std::string> found;
  for (const auto word : base::split_words(text))
    if (auto id = clean_id(word); !id.empty() && word.find('@') != std::string_view::npos)
      found.push_back(std::move(id));
  std::ranges::reverse(found);  // the nearest last in the header
  for (auto& id : found)
    if (ids.size() < most_answers && std::ranges::find(ids, id) == ids.end()) ids.push_back(std::move(id));
}

// RFC 3834, and what programs did before it.
std::string sign_of_program(GMimeMessage* message) {
  auto* object = GMIME_OBJECT(message);
  const auto submitted = base::to_lower(base::trim(header(object, "Auto-Submitted")));
  if (!submitted.empty() && !submitted.starts_with("no")) return "Auto-Submitted: " + submitted;
  const auto precedence = base::to_lower(base::trim(header(object, "Precedence")));
  for (const auto* word : {"bulk", "junk", "list", "auto_reply"})
    if (precedence == word) return "Precedence: " + precedence;
  for (const auto* name : {"List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Reply-From",
                           "X-Loop", "Feedback-ID"})
    if (g_mime_object_get_header(object, name)) return name;
  if (base::trim(header(object, "Return-Path")) == "<>") return "an empty Return-Path";
  return {};
}

std::string address_of(GMimeMessage* message) {
  auto* list = g_mime_message_get_from(message);
  for (int i = 0; list && i < internet_address_list_length(list); ++i) {
    auto* one = internet_address_list_get_address(list, i);
    if (!INTERNET_ADDRESS_IS_MAILBOX(one)) continue;
    const char* address = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(one));
    return address && desk::is_mail_address(address) ? address : "";
  }
  return {};
}

// Goes through the parts without recursion.
class Reader {
 public:
  Reader(const ReadSettings& settings, desk::IncomingMail& mail) : settings_(settings), mail_(mail) {}

  void read(GMimeObject* root) {
    waiting_.push_back({root, 0});
    std::size_t parts = 0;
    while (!waiting_.empty()) {
      const auto [part, depth] = waiting_.back();
      waiting_.pop_back();
      if (++parts > settings_.parts || depth > settings_.depth)
        ++mail_.left_out;
      else
        take(part, depth);
    }
    auto text = plain_.empty() ? text_of_html(html_, settings_.text_bytes) : plain_;
    text = base::sanitize_utf8(text, settings_.text_bytes);
    mail_.text = without_quotes(text, settings_.markers);
    if (!has_failed_) mail_.returned.clear();  // late, or read: it is not lost
  }
  bool is_report() const { return is_report_; }

 private:
  void take(GMimeObject* part, std::size_t depth) {
    if (GMIME_IS_MULTIPART(part))
      open(GMIME_MULTIPART(part), depth);
    else if (GMIME_IS_MESSAGE_PART(part))
      add_message(GMIME_MESSAGE_PART(part));
    else if (GMIME_IS_PART(part))
      add_part(GMIME_PART(part));
    else
      ++mail_.left_out;
  }

  // In their order, which the stack turns. Of alternatives the plain one.
  void open(GMimeMultipart* multipart, std::size_t depth) {
    auto* type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
    if (type && g_mime_content_type_is_type(type, "multipart", "report")) is_report_ = true;
    const int count = g_mime_multipart_get_count(multipart);
    for (int i = count; i-- > 0;) {
      if (waiting_.size() >= settings_.parts) {
        ++mail_.left_out;
        continue;
      }
      waiting_.push_back({g_mime_multipart_get_part(multipart, i), depth + 1});
    }
  }

  // A mail in the mail: of a report it is the one that came back.
  void add_message(GMimeMessagePart* part) {
    auto* inner = g_mime_message_part_get_message(part);
    if (!inner) return;
    const char* id = g_mime_message_get_message_id(inner);
    if (is_report_ && id) add_returned(id);
    if (is_report_) return;
    const GTextPointer text(g_mime_object_to_string(GMIME_OBJECT(inner), nullptr));
    add_file("message.eml", text ? text.get() : "");
  }

  void add_part(GMimePart* part) {
    auto* type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const bool is_text = type && g_mime_content_type_is_type(type, "text", "*");
    const char* name = g_mime_part_get_filename(part);
    const bool headers = is_text && g_mime_content_type_is_type(type, "text", "rfc822-headers");
    if (is_report_ && headers) return read_returned(content_of(part));
    const bool status = type && g_mime_content_type_is_type(type, "message", "delivery-status");
    if (is_report_ && status) return read_status(content_of(part));
    if (!is_text || name || g_mime_part_is_attachment(part)) {
      if (is_report_) return;  // the report itself, for programs
      return add_file(name ? name : "", content_of(part));
    }
    const bool html = g_mime_content_type_is_type(type, "text", "html");
    auto& text = html ? html_ : plain_;
    if (text.size() >= settings_.text_bytes * (html ? 16 : 1)) return;
    const GTextPointer decoded(GMIME_IS_TEXT_PART(part) ? g_mime_text_part_get_text(GMIME_TEXT_PART(part))
                                                        : nullptr);
    if (!decoded) return;
    if (!text.empty()) text += '\n';
    text += decoded.get();
  }

  std::string content_of(GMimePart* part) const {
    auto* content = g_mime_part_get_content(part);
    if (!content) return {};
    const GObjectPointer<GMimeStream> stream(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, stream.get());
    const auto* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
  }

  void add_file(std::string_view name, std::string content) {
    if (content.empty()) return;
    if (mail_.files.size() >= settings_.files || content.size() > settings_.file_bytes) {
      ++mail_.left_out;
      return;
    }
    mail_.files.push_back({base::sanitize_utf8(name, 255), std::move(content)});
  }

  void add_returned(std::string_view id) {
    auto clean = clean_id(id);
    if (!clean.empty() && mail_.returned.size() < most_answers) mail_.returned.push_back(std::move(clean));
  }

  void read_returned(const std::string& headers) {
    for (const auto line : base::split(headers, '\n')) {
      constexpr std::string_view name = "message-id:";
      if (base::to_lower(line.substr(0, name.size())) == name) add_returned(line.substr(name.size()));
    }
  }

  // RFC 3464, 2.3.3: of any of its receivers; the desk writes to one alone.
  void read_status(const std::string& status) {
    for (const auto line : base::split(status, '\n')) {
      const auto field = base::to_lower(base::trim(line));
      constexpr std::string_view action = "action:";
      if (!field.starts_with(action)) continue;
      has_failed_ |= base::trim(std::string_view(field).substr(action.size())).starts_with("failed");
    }
  }

  struct Waiting {
    GMimeObject* part;
    std::size_t depth;
  };
  const ReadSettings& settings_;
  desk::IncomingMail& mail_;
  std::vector<Waiting> waiting_;
  std::string plain_, html_;
  bool is_report_ = false, has_failed_ = false;
};

std::string one_line(std::string_view text, std::size_t max_bytes) {
  auto line = base::sanitize_utf8(text, max_bytes);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return std::string(base::trim(line));
}

// GMime goes down into parts by calling itself, and so do its destructors: mail that is deeper than any
// person's is not given to it.
bool is_too_deep(std::string_view message) {
  std::size_t count = 0;
  for (auto at = message.find_first_of("bBrR"); at != std::string_view::npos;
       at = message.find_first_of("bBrR", at + 1)) {
    for (const std::string_view word : {"boundary", "rfc822"})
      if (base::equal_ignoring_case(message.substr(at, word.size()), word)) ++count;
    if (count > 300) return true;
  }
  return false;
}

}  // namespace

base::Result<desk::IncomingMail> read_message(std::string_view text, const ReadSettings& settings) {
  if (is_too_deep(text)) return base::fail(base::Errc::malformed, "it has parts in parts without end");
  start_gmime();
  const GObjectPointer<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
  const GObjectPointer<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  const GObjectPointer<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
  auto* root = message ? g_mime_message_get_mime_part(message.get()) : nullptr;
  if (!root) return base::fail(base::Errc::malformed, "it is no mail");
  desk::IncomingMail mail;
  mail.from = address_of(message.get());
  if (const char* id = g_mime_message_get_message_id(message.get())) mail.message_id = clean_id(id);
  add_ids(header(GMIME_OBJECT(message.get()), "In-Reply-To"), mail.answers);
  add_ids(header(GMIME_OBJECT(message.get()), "References"), mail.answers);
  if (const char* subject = g_mime_message_get_subject(message.get()))
    mail.subject = one_line(subject, longest_subject);
  mail.program = one_line(sign_of_program(message.get()), 200);
  Reader reader(settings, mail);
  reader.read(root);
  if (mail.program.empty() && reader.is_report()) mail.program = "a report of a mail server";
  return mail;
}

}  // namespace censo::collector::mail
