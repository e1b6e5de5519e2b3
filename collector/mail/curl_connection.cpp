#include "collector/mail/curl_connection.h"

#include "base/text.h"

#include <stdexcept>

namespace censo::collector::mail {
namespace {

constexpr long connect_limit_s = 15;

void start_curl() {
  [[maybe_unused]] static const bool started = [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
    return true;
  }();
}

std::string url_of(const MailServer& server, std::string_view scheme) {
  const bool wrapped = server.security == desk::MailSecurity::tls;
  const bool numeric_v6 = server.host.find(':') != std::string::npos;
  const auto host = numeric_v6 ? "[" + server.host + "]" : server.host;
  return std::string(scheme) + (wrapped ? "s" : "") + "://" + host + ":" + std::to_string(server.port) + "/";
}

int stop_if_asked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

base::Errc code_of(CURLcode code) {
  switch (code) {
    case CURLE_LOGIN_DENIED: return base::Errc::permission_denied;
    case CURLE_OPERATION_TIMEDOUT: return base::Errc::timeout;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_REMOTE_ACCESS_DENIED: return base::Errc::unavailable;
    case CURLE_ABORTED_BY_CALLBACK: return base::Errc::cancelled;
    default: return base::Errc::invalid_argument;
  }
}

}  // namespace

CurlConnection::CurlConnection(const MailServer& server, std::string_view scheme, std::stop_token stop)
    : server_(server), url_(url_of(server, scheme)), stop_(std::move(stop)) {
  start_curl();
  handle_.reset(curl_easy_init());
  if (!handle_) throw std::runtime_error("libcurl has no memory");
}

void CurlConnection::begin(std::string_view path, long limit_s) {
  auto* curl = handle();
  curl_easy_reset(curl);
  message_.fill('\0');
  curl_easy_setopt(curl, CURLOPT_URL, (url_ + std::string(path)).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps,imap,imaps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // of the environment: not for mail
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_limit_s);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, limit_s);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message_.data());
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_if_asked);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop_);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  const bool tls = server_.security != desk::MailSecurity::none;
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  if (!server_.ca.empty()) {
    curl_blob ca{const_cast<char*>(server_.ca.data()), server_.ca.size(), CURL_BLOB_COPY};
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &ca);
  }
  if (server_.user.empty()) return;
  curl_easy_setopt(curl, CURLOPT_USERNAME, server_.user.c_str());
  curl_easy_setopt(curl, CURLOPT_PASSWORD, server_.password.c_str());
}

base::Result<void> CurlConnection::run() {
  const auto code = curl_easy_perform(handle());
  if (code == CURLE_OK) return {};
  long answer = 0;
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &answer);
  const bool silent = message_.front() == '\0';
  const std::string text = silent ? curl_easy_strerror(code) : message_.data();
  // libcurl says "send error" where a sender, a receiver or the beginning of the text was refused, and
  // nothing but "weird reply" where the whole text was.
  const bool said_no =
      answer >= 400 && (code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && silent));
  return base::fail(said_no ? base::Errc::invalid_argument : code_of(code), base::sanitize_utf8(text, 300),
                    server_.host + ":" + std::to_string(server_.port),
                    answer > 0 ? std::to_string(answer) : "");
}

}  // namespace censo::collector::mail
