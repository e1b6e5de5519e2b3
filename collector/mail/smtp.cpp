#include "collector/mail/smtp.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace censo::collector::mail {
namespace {

std::size_t give(char* space, std::size_t size, std::size_t count, void* source) {
  auto& rest = *static_cast<std::string_view*>(source);
  const auto bytes = std::min(size * count, rest.size());
  std::memcpy(space, rest.data(), bytes);
  rest.remove_prefix(bytes);
  return bytes;
}

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

SmtpOutcome send(CurlConnection& connection, const std::string& greeting, const std::string& from,
                 const std::string& to, const std::string& message) {
  connection.begin(greeting, longest_sending_s);
  auto* curl = connection.handle();
  const std::unique_ptr<curl_slist, FreeList> receivers(curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  std::string_view rest = message;
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  const auto sent = connection.run();
  if (sent) return {{desk::Delivery::taken, {}}, false};
  const auto& error = sent.error();
  const bool asks_for_login = error.reason == "530" || error.reason == "535" || error.reason == "538";
  const bool of_the_mail =
      error.code == base::Errc::invalid_argument && !error.reason.empty() && !asks_for_login;
  const bool refused = of_the_mail && error.reason.front() == '5';
  return {{refused ? desk::Delivery::refused : desk::Delivery::not_now,
           error.message + (error.reason.empty() ? "" : " (" + error.reason + ")")},
          !of_the_mail};
}

}  // namespace censo::collector::mail
