#include "collector/scanner/recorded_session.h"

#include "base/digest.h"
#include "base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <limits>

namespace censo::scanner {
namespace {

struct Tag {
  std::string_view text;
  VarType type;
};
constexpr Tag tags[] = {
    {"2", VarType::integer},    {"4", VarType::octets},      {"4x", VarType::octets},
    {"5", VarType::null},       {"6", VarType::oid},         {"64", VarType::address},
    {"65", VarType::counter32}, {"66", VarType::unsigned32}, {"67", VarType::ticks},
    {"68x", VarType::opaque},   {"70", VarType::counter64},
};

base::Error bad_value(std::string_view expected, std::string_view found) {
  return base::fail(base::Errc::malformed,
                    "expected " + std::string(expected) + ", found '" + base::sanitize_utf8(found, 60) + "'");
}

base::Result<void> read_unsigned(std::string_view text, std::uint64_t highest, VarBind& bind) {
  const auto number = base::parse_unsigned(text);
  if (!number || *number > highest) return bad_value("a number up to " + std::to_string(highest), text);
  bind.value = *number;
  return {};
}

base::Result<void> read_octets(std::string_view tag, std::string_view text, VarBind& bind) {
  if (!tag.ends_with('x')) {
    bind.value = std::string(text);
    return {};
  }
  const auto octets = base::from_hex(text);
  if (!octets) return bad_value("an even number of hexadecimal digits", text);
  bind.value = std::string(octets->begin(), octets->end());
  return {};
}

base::Result<void> read_value(std::string_view tag, std::string_view text, VarBind& bind) {
  constexpr auto highest32 = std::numeric_limits<std::uint32_t>::max();
  switch (bind.type) {
    case VarType::integer: {
      const auto number = base::parse_integer(text);
      if (!number || *number != static_cast<std::int32_t>(*number))
        return bad_value("a signed number of 32 bits", text);
      bind.value = *number;
      return {};
    }
    case VarType::octets:
    case VarType::opaque: return read_octets(tag, text, bind);
    case VarType::oid: {
      auto oid = parse_oid(text);
      if (!oid) return oid.error();
      bind.value = std::move(*oid);
      return {};
    }
    case VarType::address: {
      std::string octets(4, '\0');
      if (inet_pton(AF_INET, std::string(text).c_str(), octets.data()) != 1)
        return bad_value("an IPv4 address", text);
      bind.value = std::move(octets);
      return {};
    }
    case VarType::counter64: return read_unsigned(text, std::numeric_limits<std::uint64_t>::max(), bind);
    case VarType::null: return {};
    default: return read_unsigned(text, highest32, bind);
  }
}

base::Result<VarBind> parse_line(std::string_view line) {
  const auto first = line.find('|');
  const auto second = first == line.npos ? line.npos : line.find('|', first + 1);
  if (second == line.npos) return bad_value("OID|TAG|VALUE", line);
  auto oid = parse_oid(line.substr(0, first));
  if (!oid) return oid.error();
  const auto tag = line.substr(first + 1, second - first - 1);
  const auto* known =
      std::find_if(std::begin(tags), std::end(tags), [&](const Tag& t) { return t.text == tag; });
  if (known == std::end(tags)) return bad_value("a tag 2, 4, 4x, 5, 6, 64 to 67, 68x or 70", tag);
  VarBind bind{std::move(*oid), known->type, {}};
  if (auto read = read_value(tag, line.substr(second + 1), bind); !read) return read.error();
  return bind;
}

bool before(const VarBind& bind, const Oid& oid) {
  return bind.oid < oid;
}

}  // namespace

base::Result<std::vector<VarBind>> parse_snmprec(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return base::fail(base::Errc::limit_exceeded,
                      "a recording of more than " + std::to_string(max_bytes) + " bytes");
  }
  std::vector<VarBind> variables;
  std::size_t number = 0;
  for (const auto line : base::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    auto bind = parse_line(line);
    if (!bind) {
      auto error = bind.error();
      error.where = "line " + std::to_string(number);
      return error;
    }
    variables.push_back(std::move(*bind));
  }
  std::stable_sort(variables.begin(), variables.end(),
                   [](const auto& a, const auto& b) { return a.oid < b.oid; });
  const auto twice = std::adjacent_find(variables.begin(), variables.end(),
                                        [](const auto& a, const auto& b) { return a.oid == b.oid; });
  if (twice != variables.end())
    return base::fail(base::Errc::malformed, "a variable stands twice", to_text(twice->oid));
  return variables;
}

RecordedSession::RecordedSession(std::vector<VarBind> variables, const SnmpLimits& limits)
    : variables_(&recorded_[0]), limits_(limits) {
  recorded_[0] = std::move(variables);
}

VarBind RecordedSession::taken(const VarBind& variable) {
  auto copy = variable;
  ++usage_.varbinds;
  if (auto* octets = std::get_if<std::string>(&copy.value)) {
    usage_.bytes += octets->size();
    if (octets->size() > limits_.max_string_bytes) {
      octets->resize(limits_.max_string_bytes);
      ++usage_.cut_strings;
    }
  }
  return copy;
}

base::Result<std::vector<VarBind>> RecordedSession::get(std::span<const Oid> oids) {
  failure_ = {Verdict::ok, {}};
  std::vector<VarBind> values;
  for (const auto& oid : oids) {
    const auto found = std::lower_bound(variables_->begin(), variables_->end(), oid, before);
    const bool present = found != variables_->end() && found->oid == oid;
    values.push_back(present ? taken(*found) : VarBind{oid, VarType::no_such_object, {}});
  }
  return values;
}

base::Result<void> RecordedSession::walk(const Oid& root, std::vector<VarBind>& rows) {
  failure_ = {Verdict::ok, {}};
  std::size_t count = 0;
  auto next = std::lower_bound(variables_->begin(), variables_->end(), root, before);
  if (next != variables_->end() && next->oid == root) ++next;
  for (; next != variables_->end() && next->oid.starts_with(root); ++next) {
    if (++count > limits_.max_rows_per_table || usage_.varbinds >= limits_.max_varbinds) {
      failure_ = {Verdict::limit, "more rows or variables than allowed below " + to_text(root)};
      return to_error(failure_);
    }
    rows.push_back(taken(*next));
  }
  return {};
}

}  // namespace censo::scanner
