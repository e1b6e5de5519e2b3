#include "collector/probe/centre_client.h"

#include "base/text.h"
#include "collector/access/x509.h"

#include <curl/curl.h>
#include <boost/json.hpp>

#include <array>
#include <stdexcept>

namespace censo::collector::probe {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t longest_answer = 16 * 1024 * 1024;
constexpr long connect_limit_s = 10;

void start_curl() {
  [[maybe_unused]] static const bool started = [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl does not start");
    return true;
  }();
}

std::size_t keep(const char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > longest_answer) return 0;
  body.append(bytes, size * count);
  return size * count;
}

std::size_t drop(const char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

int stop_if_asked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

Errc code_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return Errc::timeout;
    case CURLE_ABORTED_BY_CALLBACK: return Errc::cancelled;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_PEER_FAILED_VERIFICATION: return Errc::unauthenticated;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Errc::invalid_argument;
    default: return Errc::unavailable;
  }
}

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, CloseHandle>;

CurlHandle new_handle() {
  start_curl();
  CurlHandle handle(curl_easy_init());
  if (!handle) throw std::runtime_error("libcurl has no memory");
  return handle;
}

void set_common(CURL* curl, const std::string& url, long limit_s) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_limit_s);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, limit_s);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
}

void set_blob(CURL* curl, CURLoption option, const std::string& pem) {
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
  curl_easy_setopt(curl, option, &blob);
}

base::Error failure_of(CURLcode code, const std::array<char, CURL_ERROR_SIZE>& message) {
  const std::string text = message.front() == '\0' ? curl_easy_strerror(code) : message.data();
  return fail(code_of(code), "the collector cannot be reached: " + base::sanitize_utf8(text, 300));
}

Errc code_named(std::string_view name, long status) {
  for (int i = 0; i <= static_cast<int>(Errc::io_failed); ++i)
    if (base::name_of(static_cast<Errc>(i)) == name) return static_cast<Errc>(i);
  return status >= 500 ? Errc::unavailable : Errc::invalid_argument;
}

}  // namespace

base::Error error_of(const CentreAnswer& answer) {
  boost::json::error_code error;
  const auto value = boost::json::parse(answer.body, error);
  const auto text = [&](std::string_view name, std::size_t most) {
    const auto* member = !error && value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return member != nullptr && member->is_string()
               ? base::sanitize_utf8(std::string_view(member->get_string()), most)
               : std::string();
  };
  auto detail = text("detail", 512);
  if (detail.empty()) detail = "it answered " + std::to_string(answer.status);
  return fail(code_named(text("code", 40), answer.status), std::move(detail), text("where", 128),
              text("reason", 40));
}

class CentreClient::Handle {
 public:
  Handle(CentrePeer peer, std::stop_token stop)
      : peer_(std::move(peer)), stop_(std::move(stop)), curl_(new_handle()) {}

  base::Result<CentreAnswer> post(std::string_view path, std::string_view body, long limit_s) {
    auto* curl = curl_.get();
    curl_easy_reset(curl);
    std::array<char, CURL_ERROR_SIZE> message{};
    CentreAnswer answer;
    set_common(curl, peer_.url + std::string(path), limit_s);
    const std::unique_ptr<curl_slist, FreeList> headers(
        curl_slist_append(curl_slist_append(nullptr, "Content-Type: application/json"), "Expect:"));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_if_asked);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop_);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    set_blob(curl, CURLOPT_CAINFO_BLOB, peer_.ca_pem);
    if (!peer_.key_pem.empty()) {
      set_blob(curl, CURLOPT_SSLCERT_BLOB, peer_.certificate_pem);
      set_blob(curl, CURLOPT_SSLKEY_BLOB, peer_.key_pem);
    }
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) return failure_of(code, message);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
  }

 private:
  const CentrePeer peer_;
  std::stop_token stop_;
  CurlHandle curl_;
};

CentreClient::CentreClient(CentrePeer peer, std::stop_token stop)
    : handle_(std::make_unique<Handle>(std::move(peer), std::move(stop))) {}
CentreClient::~CentreClient() = default;

base::Result<CentreAnswer> CentreClient::post(std::string_view path, std::string_view body, long limit_s) {
  return handle_->post(path, body, limit_s);
}

// Trusts nobody yet: what it finds is a root because of its key alone, and the request itself is another
// connection, which must be signed by it.
base::Result<std::string> pinned_root(const std::string& url, std::string_view pin) {
  const auto handle = new_handle();
  auto* curl = handle.get();
  std::array<char, CURL_ERROR_SIZE> message{};
  set_common(curl, url + "/healthz", 20);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 0L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
  const auto code = curl_easy_perform(curl);
  if (code != CURLE_OK) return failure_of(code, message);
  curl_certinfo* chain = nullptr;
  curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain);
  constexpr std::string_view mark = "Cert:";
  for (int i = 0; chain != nullptr && i < chain->num_of_certs; ++i) {
    for (const auto* line = chain->certinfo[i]; line != nullptr; line = line->next) {
      const std::string_view text = line->data;
      if (!text.starts_with(mark)) continue;
      std::string pem(text.substr(mark.size()));
      const auto certificate = access::parse_certificate(pem);
      if (certificate && access::public_key_pin(**certificate) == pin) return pem;
    }
  }
  return fail(Errc::unauthenticated, "no certificate there has the key that the token pins", url);
}

}  // namespace censo::collector::probe
