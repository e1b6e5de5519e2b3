// What one connection, one source and all of them together may cost. The defaults are those of docs/api.md.
#pragma once

#include <chrono>
#include <cstddef>

namespace censo::collector::http {

struct Limits {
  std::size_t header_bytes = 8 * 1024;
  std::size_t header_fields = 64;
  std::size_t api_body_bytes = 64 * 1024;
  std::size_t agents_body_bytes = 2 * 1024 * 1024;
  std::size_t body_bytes_per_second = 4 * 1024;     // the least, after `body_grace`
  std::size_t in_flight_bytes = 256 * 1024 * 1024;  // bodies and what is made of them, over all connections
  std::size_t connections = 2048;
  std::size_t handshakes = 256;
  std::size_t unproven_per_source = 16;    // connections of one /32 or /64 without a proven identity
  std::size_t streams = 64;                // answers that go on, in all
  std::size_t enrolments_per_minute = 10;  // tries of one /24 or /64

  std::chrono::milliseconds handshake{5'000};
  std::chrono::milliseconds header{10'000};
  std::chrono::milliseconds body{60'000};
  std::chrono::milliseconds body_grace{2'000};
  std::chrono::milliseconds job{60'000};  // from the queue to the answer
  std::chrono::milliseconds write{30'000};
  std::chrono::milliseconds keep_alive{30'000};
  std::chrono::milliseconds stream_pause{300};    // between two looks for more of a stream
  std::chrono::milliseconds stream_beat{15'000};  // a stream that is silent so long shows that it is alive
  std::chrono::milliseconds closing{1'000};
  std::chrono::milliseconds drain{10'000};  // for requests in flight at a stop
};

}  // namespace censo::collector::http
