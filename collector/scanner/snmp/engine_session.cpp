#include "collector/scanner/snmp/engine_session.h"

#include "collector/scanner/snmp/snmp_engine.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace censo::scanner {
namespace {

constexpr long first_repetitions = 24;  // of a column: an answer of about 1 kB
constexpr std::size_t most_asked = 16;  // variables in one GET

constexpr long too_big = 1, no_such_name = 2;  // error-status of RFC 3416, 3

SnmpCredential of_vlan(SnmpCredential credential, std::uint16_t vlan) {
  if (credential.version == SnmpVersion::v3) {
    credential.context = "vlan-" + std::to_string(vlan);
  } else {
    credential.community += "@" + std::to_string(vlan);
  }
  return credential;
}

}  // namespace

// RFC 1157 has no GETBULK: version 1 is asked for one row at a time.
EngineSession::EngineSession(SnmpEngine& engine, ScanTarget target, SnmpCredential credential,
                             const SnmpLimits& limits, std::stop_token stop)
    : engine_(engine),
      target_(std::move(target)),
      credential_(std::move(credential)),
      own_channel_(engine.open_channel(target_, credential_)),
      channel_(own_channel_),
      limits_(limits),
      stop_(std::move(stop)),
      deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(limits.device_ms)),
      repetitions_(credential_.version == SnmpVersion::v1 ? 1 : first_repetitions) {}

EngineSession::~EngineSession() {
  in_vlan(0);
  engine_.close(own_channel_);
}

void EngineSession::in_vlan(std::uint16_t vlan) {
  if (channel_ != own_channel_) engine_.close(channel_);
  beyond_.clear();
  channel_ = vlan == 0 ? own_channel_ : engine_.open_channel(target_, of_vlan(credential_, vlan));
}

// One question within the limits; failure_ is the answer's.
Answer EngineSession::ask(Question question) {
  Answer answer;
  const auto over = [&](std::string which) { answer.failure = {Verdict::limit, std::move(which)}; };
  if (stop_.stop_requested()) {
    answer.failure = {Verdict::cancelled, "cancelled"};
  } else if (std::chrono::steady_clock::now() >= deadline_) {
    over(std::to_string(limits_.device_ms) + " ms for one device");
  } else if (usage_.varbinds >= limits_.max_varbinds) {
    over(std::to_string(limits_.max_varbinds) + " variables of one device");
  } else if (usage_.bytes >= limits_.max_bytes) {
    over(std::to_string(limits_.max_bytes) + " bytes from one device");
  } else {
    question.deadline = deadline_;
    question.patience = std::chrono::milliseconds(limits_.request_ms);
    question.max_bytes = limits_.max_bytes - usage_.bytes;
    question.max_string_bytes = limits_.max_string_bytes;
    auto promised = engine_.ask(channel_, std::move(question));
    const std::stop_callback on_stop(stop_, [this] { engine_.cancel(channel_); });
    answer = promised.get();
    count(answer);
    const bool late = std::chrono::steady_clock::now() >= deadline_;
    if (late && answer.failure.verdict == Verdict::no_answer)
      over(std::to_string(limits_.device_ms) + " ms for one device");
  }
  failure_ = answer.failure;
  return answer;
}

void EngineSession::count(const Answer& answer) {
  usage_.varbinds += answer.binds.size();
  usage_.bytes += answer.bytes;
  usage_.cut_strings += answer.cut_strings;
}

base::Result<std::vector<VarBind>> EngineSession::get(std::span<const Oid> oids) {
  std::vector<VarBind> values;
  failure_ = {Verdict::ok, {}};
  for (std::size_t i = 0; i < oids.size(); i += most_asked) {
    if (!get_some(oids.subspan(i, std::min(most_asked, oids.size() - i)), values)) return to_error(failure_);
  }
  return values;
}

// An agent that cannot answer all at once (too big, or an error for one variable) is asked for half of them,
// down to one.
bool EngineSession::get_some(std::span<const Oid> oids, std::vector<VarBind>& values) {
  std::vector<Oid> present(oids.begin(), oids.end());
  auto answer = ask_for(present);
  while (names_missing(answer, present)) {
    present.erase(present.begin() + (answer.error_index - 1));
    if (!present.empty()) answer = ask_for(present);
  }
  if (failure_.verdict != Verdict::ok) return false;
  if (present.empty()) answer = {};
  if (answer.error_status != 0) {
    if (oids.size() > 1) {
      const auto half = oids.size() / 2;
      return get_some(oids.first(half), values) && get_some(oids.subspan(half), values);
    }
    values.push_back({oids[0], VarType::no_such_instance, {}});
    return true;
  }
  const auto same = [](const VarBind& bind, const Oid& oid) { return bind.oid == oid; };
  if (!std::equal(answer.binds.begin(), answer.binds.end(), present.begin(), present.end(), same)) {
    fail(Verdict::malformed, "an answer with other variables than those asked for");
    return false;
  }
  auto next = answer.binds.begin();
  for (const auto& oid : oids) {
    const bool is_there = next != answer.binds.end() && next->oid == oid;
    values.push_back(is_there ? std::move(*next++) : VarBind{oid, VarType::no_such_instance, {}});
  }
  return true;
}

Answer EngineSession::ask_for(const std::vector<Oid>& oids) {
  return ask({.oids = oids, .tries = 1 + limits_.retries});
}

// RFC 1157, 4.1.2: one variable that is not there, and the answer holds none of the others, but its place.
bool EngineSession::names_missing(const Answer& answer, const std::vector<Oid>& asked) const {
  return failure_.verdict == Verdict::ok && answer.error_status == no_such_name && answer.error_index >= 1 &&
         answer.error_index <= static_cast<long>(asked.size());
}

// What follows, a good many variables at a time, up to the answer that ends the walk; fewer when the agent
// finds that too many or does not answer.
Answer EngineSession::ask_on(Walk& walk) {
  for (;;) {
    Question question{.kind = Question::Kind::get_bulk, .oids = {walk.last}, .repetitions = repetitions_};
    if (repetitions_ == 1) {
      question.kind = Question::Kind::get_next;
      question.tries = 1 + limits_.retries;
    }
    question.follow = [this, &walk](Answer& answer, Question& next) { return follows(walk, answer, next); };
    auto answer = ask(std::move(question));
    const bool too_much = answer.failure.verdict == Verdict::no_answer ||
                          answer.failure.verdict == Verdict::malformed ||
                          (answer.failure.verdict == Verdict::ok && answer.error_status != 0);
    if (!too_much || repetitions_ == 1) return answer;
    repetitions_ = answer.error_status == too_big ? repetitions_ / 2 : std::max(1L, repetitions_ / 4);
  }
}

// Nothing but rows of the walk, in their order.
bool EngineSession::is_wanted(const Walk& walk, const Answer& answer) const {
  const auto* last = &walk.last;
  for (const auto& bind : answer.binds) {
    if (bind.type == VarType::end_of_view || bind.oid <= *last || !bind.oid.starts_with(walk.root))
      return false;
    last = &bind.oid;
  }
  return !answer.binds.empty() && answer.error_status == 0;
}

// On the engine's thread. Whatever is to be decided or told is left to the one who waits.
bool EngineSession::follows(Walk& walk, Answer& answer, Question& question) {
  const auto rows = walk.rows.size() - walk.before + answer.binds.size();
  const bool over = rows >= limits_.max_rows_per_table ||
                    usage_.varbinds + answer.binds.size() >= limits_.max_varbinds ||
                    usage_.bytes + answer.bytes >= limits_.max_bytes || stop_.stop_requested() ||
                    std::chrono::steady_clock::now() >= deadline_;
  if (over || !is_wanted(walk, answer)) return false;
  count(answer);
  walk.last = answer.binds.back().oid;
  question.oids = {walk.last};
  question.max_bytes = limits_.max_bytes - usage_.bytes;
  std::move(answer.binds.begin(), answer.binds.end(), std::back_inserter(walk.rows));
  return true;
}

base::Result<void> EngineSession::walk(const Oid& root, std::vector<VarBind>& rows) {
  Walk walk{root, root, rows, rows.size()};
  failure_ = {Verdict::ok, {}};
  if (take_known(walk)) return {};
  for (;;) {
    auto answer = ask_on(walk);
    if (failure_.verdict == Verdict::ok && answer.error_status == no_such_name)
      return {};  // how version 1 ends a walk
    if (failure_.verdict == Verdict::ok && answer.error_status != 0) {
      fail(Verdict::refused,
           "error status " + std::to_string(answer.error_status) + " after " + to_text(walk.last));
    }
    if (failure_.verdict != Verdict::ok) return to_error(failure_);
    const bool more = take_rows(walk, answer);
    if (failure_.verdict != Verdict::ok) return to_error(failure_);
    if (!more) return {};
    if (rows.size() - walk.before >= limits_.max_rows_per_table) {
      fail(Verdict::limit, std::to_string(limits_.max_rows_per_table) + " rows below " + to_text(root));
      return to_error(failure_);
    }
  }
}

// False when the subtree ends here, or on failure_.
bool EngineSession::take_rows(Walk& walk, Answer& answer) {
  if (answer.binds.empty())
    fail(Verdict::malformed, "an answer without variables after " + to_text(walk.last));
  for (std::size_t i = 0; i < answer.binds.size(); ++i) {
    auto& bind = answer.binds[i];
    if (bind.type == VarType::end_of_view || !bind.oid.starts_with(walk.root)) {
      know_beyond(walk, answer, i);
      return false;
    }
    if (bind.oid <= walk.last) {
      fail(Verdict::loop, to_text(bind.oid) + " comes after " + to_text(walk.last));
      return false;
    }
    walk.last = bind.oid;
    walk.rows.push_back(std::move(bind));
  }
  return failure_.verdict == Verdict::ok;
}

// A device may keep its subtrees in any order, so this is believed of one table alone.
void EngineSession::know_beyond(const Walk& walk, Answer& answer, std::size_t first) {
  table_.arcs.assign(walk.root.arcs.begin(), walk.root.arcs.end() - 1);
  after_ = walk.last;
  beyond_.clear();
  const auto* last = &after_;
  for (auto i = first; i < answer.binds.size(); ++i) {
    const bool ends = answer.binds[i].type == VarType::end_of_view;
    if (!ends && answer.binds[i].oid <= *last) return;
    beyond_.push_back(std::move(answer.binds[i]));
    last = &beyond_.back().oid;
    if (ends || !beyond_.back().oid.starts_with(table_)) return;
  }
}

// True when nothing is left to ask: the end of the column was heard, too.
bool EngineSession::take_known(Walk& walk) {
  const bool same_table = walk.root.starts_with(table_) && walk.root.arcs.size() == table_.arcs.size() + 1;
  if (beyond_.empty() || !same_table || walk.root < after_) return false;
  for (auto next = beyond_.begin(); next != beyond_.end(); ++next) {
    if (next->type == VarType::end_of_view) return true;
    if (next->oid <= walk.root) continue;
    if (!next->oid.starts_with(walk.root)) return true;
    walk.last = next->oid;
    walk.rows.push_back(*next);
  }
  return false;
}

}  // namespace censo::scanner
