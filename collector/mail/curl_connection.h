// A connection to a mail server through libcurl, with the settings that both ways share.
#pragma once

#include "base/result.h"
#include "desk/mail_account.h"

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace censo::collector::mail {

// Whom to talk to, and how.
struct MailServer {
  std::string host;
  std::int64_t port = 0;
  desk::MailSecurity security = desk::MailSecurity::tls;
  std::string user, password;  // no user: no login
  std::string ca;              // PEM; "": as this machine trusts
};

// One libcurl handle: keeps its connection between calls. One thread. Every call ends within `limit_s`.
class CurlConnection {
 public:
  // `scheme`: "smtp", "imap". Throws std::runtime_error when libcurl does not start.
  CurlConnection(const MailServer& server, std::string_view scheme, std::stop_token stop);
  CurlConnection(const CurlConnection&) = delete;
  CurlConnection& operator=(const CurlConnection&) = delete;

  CURL* handle() const { return handle_.get(); }
  // Forgets what the last call set, not the connection.
  void begin(std::string_view path, long limit_s);
  // Errc::unavailable: no server, no TLS, it ended; Errc::permission_denied: the login was refused,
  // Errc::timeout; Errc::invalid_argument: the server refused what was asked, with its code in `reason` where
  // there is one.
  base::Result<void> run();

 private:
  struct Close {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  const MailServer server_;
  const std::string url_;
  std::stop_token stop_;
  std::unique_ptr<CURL, Close> handle_;
  std::array<char, CURL_ERROR_SIZE> message_{};
};

}  // namespace censo::collector::mail
