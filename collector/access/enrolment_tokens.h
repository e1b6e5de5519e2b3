// Tokens that let hosts enrol. All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::access {

struct EnrolmentTokenRecord {
  std::int64_t id = 0;
  std::string name;
  base::TimeMs created_at = 0;
  std::string created_by;
  base::TimeMs expires_at = 0;
  std::int64_t max_uses = 1, uses = 0;
  std::string group;       // where its agents go: agent_groups.h
  std::string probe = {};  // the probe that it admits; empty: agents
};

struct NewEnrolmentToken {
  std::string name;
  base::TimeMs lifetime_ms = 0;  // at most 90 days
  std::int64_t max_uses = 1;
  std::string created_by;
  std::string pin;  // CertificateAuthority::public_key_pin()
  std::string group = "default";
  std::string probe = {};  // access/probes.h
};

struct MadeEnrolmentToken {
  EnrolmentTokenRecord record;
  std::string token;  // the only time that it is known
};

// Errc::invalid_argument with the field in `where`.
base::Result<MadeEnrolmentToken> make_enrolment_token(store::Transaction& tx, const NewEnrolmentToken& wanted,
                                                      const base::Clock& clock);
// By id, after `after`.
std::vector<EnrolmentTokenRecord> list_enrolment_tokens(store::Transaction& tx, std::int64_t after,
                                                        std::size_t limit);
base::Result<void> delete_enrolment_token(store::Transaction& tx, std::int64_t id);  // Errc::not_found
struct UsedEnrolmentToken {
  std::int64_t id = 0;
  std::string group, probe = {};
};
// Counts one use. Errc::unauthenticated, Errc::expired (TOKEN_EXPIRED,
// TOKEN_USED_UP).
base::Result<UsedEnrolmentToken> use_enrolment_token(store::Transaction& tx, std::string_view text,
                                                     base::TimeMs now);

}  // namespace censo::collector::access
