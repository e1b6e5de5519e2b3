// The agent's only way to the network: one HTTPS POST at a time, bounded in time and size at every step.
#pragma once

#include "agent/collector_answer.h"
#include "agent/https_url.h"
#include "base/digest.h"
#include "base/result.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace censo::agent {

class TlsSession;  // agent/tls_session.h

// Whom to talk to, and as whom.
struct HttpsPeer {
  HttpsUrl url;
  std::string ca_pem;                    // the roots to trust; or
  std::optional<base::Sha256> root_pin;  // the digest of the public key of the only root to trust
  std::string certificate_pem;           // ours, with its key; empty where the server asks for none
  std::string private_key_pem;
  TlsSession* session = nullptr;  // taken up again and kept for the next contact; outlives the conversation
};

struct HttpsMessage {
  std::string path;
  std::string_view body;         // lives until post() returns
  std::string content_encoding;  // "zstd", or empty
};

struct HttpsRequest : HttpsPeer {
  std::string_view body;
  std::string content_encoding;
};

struct TimeLimits {
  std::chrono::milliseconds resolve{10'000};
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds write{60'000};
  std::chrono::milliseconds read{60'000};  // the whole answer
};

// Several requests one after the other over one connection, which is made by the first and, where it did not
// last, made anew. `peer` outlives it. Answers as post().
class HttpsConversation {
 public:
  explicit HttpsConversation(const HttpsPeer& peer, const TimeLimits& limits = {});
  HttpsConversation(const HttpsConversation&) = delete;
  HttpsConversation& operator=(const HttpsConversation&) = delete;
  ~HttpsConversation();

  enum class Then { more, close };
  base::Result<HttpsAnswer> post(const HttpsMessage& message, Then then);

 private:
  class Connection;
  const HttpsPeer& peer_;
  const TimeLimits limits_;
  std::unique_ptr<Connection> connection_;  // nullptr: none that could be used again
};

// TLS 1.3 with the host name verified, one request, one answer of at most 64 KiB. Redirects are not followed.
// Any answer of the server is a success here. Errc::timeout, unavailable (not reachable, connection broken),
// unauthenticated (its certificate does not convince us, or ours not the server), malformed (no HTTP).
base::Result<HttpsAnswer> post(const HttpsRequest& request, const TimeLimits& limits = {});

}  // namespace censo::agent
