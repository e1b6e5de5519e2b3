// A probe's way to its collector, the centre: HTTPS with libcurl, bounded in time and size. One thread.
#pragma once

#include "base/result.h"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace censo::collector::probe {

struct CentreAnswer {
  long status = 0;
  std::string body;  // at most 16 MiB
};
// What an answer that is no success says (RFC 9457), as an Error with its code, where and reason.
base::Error error_of(const CentreAnswer& answer);

struct CentrePeer {
  std::string url;                       // "https://host:port"
  std::string ca_pem;                    // the only root that is trusted
  std::string certificate_pem, key_pem;  // ours; empty where the server asks for none
};

class CentreClient {
 public:
  // A stop ends what is under way. Throws std::runtime_error when libcurl does not start.
  CentreClient(CentrePeer peer, std::stop_token stop);
  ~CentreClient();
  CentreClient(const CentreClient&) = delete;
  CentreClient& operator=(const CentreClient&) = delete;

  // Any answer is a success here. Errc::unavailable, timeout, unauthenticated (a certificate does not
  // convince), cancelled. The connection is kept for the next call.
  base::Result<CentreAnswer> post(std::string_view path, std::string_view body, long limit_s = 60);

 private:
  class Handle;
  std::unique_ptr<Handle> handle_;
};

// The certificate with this public key among those that the server shows. Nothing is sent.
// Errc::unauthenticated: there is none.
base::Result<std::string> pinned_root(const std::string& url, std::string_view pin);

}  // namespace censo::collector::probe
