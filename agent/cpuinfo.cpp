#include "agent/cpuinfo.h"

#include "base/text.h"

#include <bit>
#include <optional>

namespace censo::agent {
namespace {

constexpr std::uint64_t max_cpus = 1'000'000;

std::optional<std::uint32_t> processor_number(std::string_view text) {
  const auto number = base::parse_unsigned(text);
  if (!number || *number >= max_cpus) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

struct Block {
  std::optional<std::uint32_t> processor;
  CpuinfoFields fields;
};

void take_line(std::string_view line, Block& block, Cpuinfo& cpuinfo) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto name = base::to_lower(base::trim(line.substr(0, colon)));
  const auto value = base::trim(line.substr(colon + 1));
  if (name == "processor" || name == "cpu number") {
    const auto number = processor_number(value);
    if (number) {
      block.processor = number;
      return;
    }
  }
  // s390 lists its processors in the common block: "processor 0: version = FF, machine = 2964".
  if (name.starts_with("processor ")) {
    if (const auto number = processor_number(std::string_view(name).substr(10))) cpuinfo.processors[*number];
  }
  if (!name.empty() && !value.empty()) block.fields.emplace(name, value);
}

void finish(Block& block, Cpuinfo& cpuinfo) {
  auto& into = block.processor ? cpuinfo.processors[*block.processor] : cpuinfo.common;
  into.merge(block.fields);
  block = {};
}

}  // namespace

std::string_view Cpuinfo::text(std::uint32_t processor, std::string_view name) const {
  if (const auto own = processors.find(processor); own != processors.end()) {
    if (const auto field = own->second.find(name); field != own->second.end()) return field->second;
  }
  const auto field = common.find(name);
  return field == common.end() ? std::string_view{} : field->second;
}

Cpuinfo parse_cpuinfo(std::string_view text) {
  Cpuinfo cpuinfo;
  Block block;
  for (const auto line : base::split(text, '\n')) {
    if (base::trim(line).empty()) {
      finish(block, cpuinfo);
    } else {
      take_line(line, block, cpuinfo);
    }
  }
  finish(block, cpuinfo);
  return cpuinfo;
}

base::Result<std::uint32_t> count_of_cpu_list(std::string_view list) {
  std::uint64_t count = 0;
  if (base::trim(list).empty()) return 0U;
  for (const auto piece : base::split(base::trim(list), ',')) {
    const auto dash = piece.find('-');
    const auto first = base::parse_unsigned(piece.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : base::parse_unsigned(piece.substr(dash + 1));
    if (!first || !last || *last < *first || *last >= max_cpus) {
      return base::fail(base::Errc::malformed, "expected a CPU list such as \"0-3,8\", found \"" +
                                                   base::sanitize_utf8(list, 100) + "\"");
    }
    count += *last - *first + 1;
    if (count > max_cpus)
      return base::fail(base::Errc::limit_exceeded, "a CPU list of more than a million CPUs");
  }
  return static_cast<std::uint32_t>(count);
}

base::Result<std::uint32_t> count_of_cpu_mask(std::string_view mask) {
  std::uint32_t count = 0;
  for (const auto word : base::split(base::trim(mask), ',')) {
    const auto bits = base::parse_unsigned(word, 16);
    if (!bits) {
      return base::fail(base::Errc::malformed, "expected a CPU mask such as \"0000000f\", found \"" +
                                                   base::sanitize_utf8(mask, 100) + "\"");
    }
    count += static_cast<std::uint32_t>(std::popcount(*bits));
  }
  return count;
}

}  // namespace censo::agent
