// The collector's HTTP API (docs/api.md) as the command uses it.
#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "collector/cli/context.h"
#include "collector/cli/event_reader.h"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cli {

using Query = std::vector<std::pair<std::string, std::string>>;

// Percent-encodes a path segment or a query value (RFC 3986).
std::string encoded(std::string_view text);

// A certificate of the chain that a server shows, unverified.
struct ShownCertificate {
  std::string pem;
  base::Bytes digest;      // SHA-256 of the certificate
  base::Bytes key_digest;  // SHA-256 of its SubjectPublicKeyInfo
};

// One connection, kept open between calls and opened anew when the collector closed it. One thread. Every
// call ends within 30 seconds. Errors carry the collector's own sentence; Errc::timeout and Errc::unavailable
// when it cannot be reached.
class ApiClient {
 public:
  explicit ApiClient(const Context& context);
  ~ApiClient();

  // Of an answer that is a text and no JSON: that text.
  base::Result<boost::json::value> get(std::string_view path, const Query& query = {});
  base::Result<boost::json::value> post(std::string_view path, const boost::json::value& body);
  base::Result<boost::json::value> put(std::string_view path, const boost::json::value& body);
  base::Result<void> remove(std::string_view path);
  // Any other method, or one with a query.
  base::Result<boost::json::value> send(std::string_view method, std::string_view path, const Query& query,
                                        const boost::json::value& body = nullptr);

  // A stream of server-sent events, from the one after `last_id` on, until the collector ends it: each is
  // handed over as it comes, with the id to go on from. Errc::unavailable, Errc::timeout: it broke off.
  base::Result<void> follow(std::string_view path, const std::string& last_id,
                            const std::function<void(const ServerEvent&)>& on_event);

  const std::string& url() const { return context_.url; }

  // A body that is no JSON.
  base::Result<boost::json::value> post_text(std::string_view path, const Query& query, std::string text,
                                             std::string_view media_type);

  // An answer that is no JSON: its bytes, at most 64 MiB.
  base::Result<std::string> get_bytes(std::string_view path, const Query& query = {});

  // What the server at `url` shows, without trusting it.
  static base::Result<std::vector<ShownCertificate>> shown_chain(const std::string& url);

 private:
  class Connection;
  struct Answer;
  base::Result<Answer> exchange(std::string_view method, const std::string& target, std::string body,
                                std::string_view media_type);
  base::Result<boost::json::value> call(std::string_view method, const std::string& target, std::string body,
                                        std::string_view media_type = "application/json");
  Context context_;
  std::unique_ptr<Connection> connection_;
};

// The PEM of the CA that has this SHA-256, of itself or of its key (64 hex digits or base64url), out of the
// chain that the collector shows. Errc::permission_denied when none has it: somebody else answers there.
base::Result<std::string> fetch_ca(const std::string& url, std::string_view fingerprint);

}  // namespace censo::cli
