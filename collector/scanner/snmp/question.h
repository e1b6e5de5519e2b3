// What a session asks the engine's thread, and what it gets back.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace censo::scanner {

struct Answer {
  SnmpFailure failure{Verdict::ok, {}};
  long error_status = 0;  // RFC 3416, 3; 0 = noError
  long error_index = 0;   // which variable it is about, from 1; 0 = none
  std::vector<VarBind> binds;
  std::uint64_t bytes = 0;
  std::uint64_t cut_strings = 0;
};

struct Question {
  enum class Kind { get, get_next, get_bulk };
  Kind kind = Kind::get;
  std::vector<Oid> oids;
  long repetitions = 0;  // of get_bulk
  int tries = 1;
  std::chrono::milliseconds patience{3'000};         // for one try
  std::chrono::steady_clock::time_point deadline{};  // for all of them
  std::uint64_t max_bytes = 0;                       // of datagrams, whether of use or not
  std::size_t max_string_bytes = 0;
  // What is asked next at once, without waking the thread that waits: called on the engine's thread with an
  // answer that is not a failure and the question it was to, which becomes the next. False: it is handed
  // over.
  std::function<bool(Answer&, Question&)> follow = {};
};

}  // namespace censo::scanner
