// Tickets: with one a client takes an earlier TLS session up again, and nobody shows or checks certificates
// anew. What was proven then is sealed in the ticket; the collector remembers nothing
// (docs/decisions/0218-sessions-taken-up-again.md).
#pragma once

#include "base/clock.h"

#include <openssl/types.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace censo::collector::access {

// The keys that seal tickets, a new one each period. They are made of a secret and the time: all who have the
// secret know the same keys, also after a restart, and none is stored. Immutable; safe from any thread.
class TicketKeys {
 public:
  static constexpr base::TimeMs period_ms = base::TimeMs{12} * 3'600'000;

  struct Key {
    std::array<unsigned char, 16> name{};  // says the period
    std::array<unsigned char, 32> cipher{}, mac{};
  };

  // Tickets of one scope are worth nothing in another.
  TicketKeys(std::string secret, std::string scope);

  Key at(base::TimeMs now) const;
  // The key of this name (16 bytes) when its period is that of `now`, the one before, or the next: somebody's
  // clock may be ahead.
  std::optional<Key> named(std::string_view name, base::TimeMs now) const;

 private:
  Key of_period(base::TimeMs period) const;
  std::string secret_, scope_;
};

// Clients of `context` can take sessions up again for at most two periods, and only while the certificate
// that they showed lasts. `clock` outlives the context. Throws std::runtime_error.
void set_up_tickets(SSL_CTX& context, TicketKeys keys, const base::Clock& clock);

}  // namespace censo::collector::access
