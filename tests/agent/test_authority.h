// A certificate authority for tests, made with OpenSSL alone.
#pragma once

#include "base/digest.h"

#include <memory>
#include <string>

namespace censo::test {

struct Identity {
  std::string certificate_pem;  // with the root after it, as servers send it
  std::string key_pem;
};

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  std::string ca_pem() const;
  censo::base::Sha256 pin() const;
  // `alternative_names` as OpenSSL writes them: "IP:127.0.0.1,DNS:localhost".
  Identity issue(const std::string& alternative_names) const;
  // A certificate for somebody's public key; valid from `days_ago` days ago for 30 days.
  std::string sign(const std::string& public_key_pem, const std::string& alternative_names,
                   int days_ago = 0) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace censo::test
