// Processors and their topology as lscpu counts them, and the memory that the kernel has.
#include "agent/arm_processor.h"
#include "agent/attributes.h"
#include "agent/cpuinfo.h"
#include "agent/source.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace censo::agent::sources {
namespace {

using base::Errc;

constexpr std::string_view cpu_folder = "/sys/devices/system/cpu/";

std::string value_in(const Host& host, const std::string& path) {
  const auto text = host.read_file(path);
  return text ? std::string(base::trim(*text)) : std::string();
}

// What tells one kind of processor from another in the same machine.
struct Kind {
  std::string vendor;
  std::string model;
  std::string family;
  std::string model_number;
  std::string stepping;
  bool is_arm = false;
  auto key() const { return std::tie(vendor, model, model_number, stepping); }
  friend bool operator<(const Kind& a, const Kind& b) { return a.key() < b.key(); }
};

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  return text.starts_with("0x") ? base::parse_unsigned(text.substr(2), 16) : base::parse_unsigned(text);
}

Kind arm_kind(const Cpuinfo& cpuinfo, std::uint32_t cpu) {
  const auto implementer = cpuinfo.text(cpu, "cpu implementer");
  const auto part = cpuinfo.text(cpu, "cpu part");
  const auto revision = cpuinfo.text(cpu, "cpu revision");
  const auto variant = hexadecimal(cpuinfo.text(cpu, "cpu variant"));
  const auto vendor = arm_implementer(hexadecimal(implementer).value_or(0));
  const auto name = arm_part(hexadecimal(implementer).value_or(0), hexadecimal(part).value_or(0));
  Kind kind;
  kind.is_arm = true;
  kind.vendor = vendor.empty() ? implementer : vendor;
  kind.model = name.empty() ? part : name;
  kind.model_number = revision;
  if (variant) kind.stepping = "r" + std::to_string(*variant) + "p" + std::string(revision);
  return kind;
}

// The first of the names that has a value.
std::string first_text(const Cpuinfo& cpuinfo, std::uint32_t cpu,
                       std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto text = cpuinfo.text(cpu, name); !text.empty()) return std::string(text);
  }
  return {};
}

Kind kind_of(const Cpuinfo& cpuinfo, std::uint32_t cpu) {
  if (!cpuinfo.text(cpu, "cpu implementer").empty()) return arm_kind(cpuinfo, cpu);
  Kind kind;
  kind.vendor = first_text(cpuinfo, cpu, {"vendor_id", "vendor", "mvendorid"});
  // x86, LoongArch; POWER, SPARC; MIPS; RISC-V; old Arm kernels.
  kind.model = first_text(cpuinfo, cpu, {"model name", "cpu", "cpu model", "uarch", "processor"});
  kind.family = first_text(cpuinfo, cpu, {"cpu family", "family", "marchid"});
  const bool is_power = !cpuinfo.text(cpu, "cpu").empty();  // its "model" is the machine's
  kind.model_number =
      is_power ? first_text(cpuinfo, cpu, {"revision"}) : first_text(cpuinfo, cpu, {"model", "mimpid"});
  kind.stepping = first_text(cpuinfo, cpu, {"stepping"});
  return kind;
}

struct CacheKey {
  std::string name;  // "l1d", "l2"
  std::string shared_with;
  friend auto operator<=>(const CacheKey&, const CacheKey&) = default;
};

// CPUs that belong together, each by its mask as text: equal masks are the same core, the same socket.
struct Group {
  std::set<std::uint32_t> cpus;
  std::set<std::string> cores, sockets, books, drawers;
  std::uint32_t threads_per_core = 1;
  std::map<CacheKey, std::int64_t> cache_kib;
};

std::optional<std::int64_t> kibibytes(std::string_view text) {
  const auto unit = text.find_first_not_of("0123456789");
  const auto number = base::parse_integer(text.substr(0, unit));
  if (!number || *number > 1'000'000'000) return std::nullopt;
  if (unit == std::string_view::npos) return *number / 1024;
  if (text[unit] == 'M') return *number * 1024;
  return *number;
}

void add_caches(const Host& host, const std::string& folder, Group& group) {
  const auto names = host.list_folder(folder);
  if (!names) return;
  for (const auto& name : *names) {
    if (!name.starts_with("index")) continue;
    const std::string index = folder + name + "/";
    const auto type = value_in(host, index + "type");
    const auto size = kibibytes(value_in(host, index + "size"));
    if (!size) continue;
    const char* suffix = type == "Data" ? "d" : type == "Instruction" ? "i" : "";
    group.cache_kib[{"l" + value_in(host, index + "level") + suffix,
                     value_in(host, index + "shared_cpu_map")}] = *size;
  }
}

// A mask that newer kernels give under a second name.
std::string mask_in(const Host& host, const std::string& topology, std::string_view name,
                    std::string_view newer_name) {
  auto mask = value_in(host, topology + std::string(name));
  return mask.empty() && !newer_name.empty() ? value_in(host, topology + std::string(newer_name)) : mask;
}

// Without sysfs (containers, old kernels) cpuinfo says where a CPU sits; failing that, each is a core of one
// socket.
void add_place_by_cpuinfo(const Cpuinfo& cpuinfo, std::uint32_t cpu, Group& group) {
  const std::string socket = first_text(cpuinfo, cpu, {"physical id", "package"});
  auto core = first_text(cpuinfo, cpu, {"core id", "core"});
  if (core.empty()) core = "cpu" + std::to_string(cpu);
  group.sockets.insert(socket);
  group.cores.insert(socket + "/" + core);
  const auto siblings = base::parse_unsigned(cpuinfo.text(cpu, "siblings"));
  const auto cores = base::parse_unsigned(cpuinfo.text(cpu, "cpu cores"));
  if (siblings && cores && *cores > 0 && *siblings < 1'000'000) {
    group.threads_per_core = std::max(group.threads_per_core, static_cast<std::uint32_t>(*siblings / *cores));
  }
}

// s390 says its highest thread id; offline threads are not in the mask.
std::uint32_t threads_of_core(const Cpuinfo& cpuinfo, std::uint32_t cpu, std::string_view mask) {
  const auto highest = base::parse_unsigned(cpuinfo.text(cpu, "max thread id"));
  if (highest && *highest < 1024) return static_cast<std::uint32_t>(*highest) + 1;
  const auto threads = count_of_cpu_mask(mask);
  return threads ? *threads : 1;
}

void add_place(const Host& host, const Cpuinfo& cpuinfo, std::uint32_t cpu, Group& group) {
  const std::string folder = std::string(cpu_folder) + "cpu" + std::to_string(cpu) + "/";
  const std::string topology = folder + "topology/";
  const auto threads = mask_in(host, topology, "thread_siblings", "core_cpus");
  if (threads.empty()) return add_place_by_cpuinfo(cpuinfo, cpu, group);
  group.cores.insert(threads);
  group.threads_per_core = std::max(group.threads_per_core, threads_of_core(cpuinfo, cpu, threads));
  group.sockets.insert(mask_in(host, topology, "core_siblings", "package_cpus"));
  const auto book = mask_in(host, topology, "book_siblings", {});
  const auto drawer = mask_in(host, topology, "drawer_siblings", {});
  if (!book.empty()) group.books.insert(book);
  if (!drawer.empty()) group.drawers.insert(drawer);
  add_caches(host, folder + "cache/", group);
}

// CPUs in cpuinfo, and those in sysfs that are there but off.
std::set<std::uint32_t> all_cpus(const Host& host, const Cpuinfo& cpuinfo) {
  std::set<std::uint32_t> cpus;
  for (const auto& [number, fields] : cpuinfo.processors) cpus.insert(number);
  if (!cpus.empty()) return cpus;
  const auto names = host.list_folder(cpu_folder);
  for (const auto& name : names ? *names : std::vector<std::string>()) {
    const auto number = name.starts_with("cpu") ? base::parse_unsigned(name.substr(3)) : std::nullopt;
    if (number && *number < 1'000'000) cpus.insert(static_cast<std::uint32_t>(*number));
  }
  return cpus;
}

std::int64_t count(const std::set<std::string>& masks) {
  return std::ssize(masks);
}

void set_caches(const Group& group, inventory::Attributes& attributes) {
  std::map<std::string, std::int64_t> totals;
  for (const auto& [key, kib] : group.cache_kib) totals[key.name] += kib;
  for (const auto name : {"l1d", "l1i", "l2", "l2d", "l2i", "l3", "l4"}) {
    if (const auto total = totals.find(name); total != totals.end()) {
      set_count(attributes, std::string(name) + "_cache_kib", total->second);
    }
  }
}

// s390 keeps the caches that are outside the CPU in cpuinfo: "cache4: level=3 type=Unified scope=Shared
// size=65536K ...".
void add_shared_caches(const Cpuinfo& cpuinfo, Group& group) {
  for (const auto& [name, value] : cpuinfo.common) {
    if (!name.starts_with("cache") || value.find("scope=Shared") == std::string::npos) continue;
    std::string level;
    std::optional<std::int64_t> size;
    for (const auto word : base::split_words(value)) {
      if (word.starts_with("level=")) level = word.substr(6);
      if (word.starts_with("size=")) size = kibibytes(word.substr(5));
    }
    if (size) group.cache_kib[{"l" + level, "outside"}] = *size;
  }
}

// The frequency of the fastest, in MHz.
std::int64_t max_mhz(const Host& host, const Group& group) {
  std::int64_t fastest_khz = 0;
  for (const auto cpu : group.cpus) {
    const auto khz = base::parse_integer(
        value_in(host, std::string(cpu_folder) + "cpu" + std::to_string(cpu) + "/cpufreq/cpuinfo_max_freq"));
    fastest_khz = std::max(fastest_khz, khz.value_or(0));
  }
  return fastest_khz / 1000;
}

bool has_word(std::string_view text, std::string_view word) {
  const auto words = base::split_words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

void add_processor(const Host& host, const Cpuinfo& cpuinfo, const Kind& kind, const Group& group,
                   SourceOutput& out) {
  auto& attributes = out.add("processor").attributes;
  set_text(attributes, "vendor", kind.vendor);
  set_text(attributes, "model", kind.model);
  set_text(attributes, "family", kind.family);
  set_text(attributes, "model_number", kind.model_number);
  set_text(attributes, "stepping", kind.stepping);
  set_count(attributes, "cpus", std::ssize(group.cpus));
  set_count(attributes, "cores", count(group.cores));
  set_count(attributes, "sockets", count(group.sockets));
  set_count(attributes, "books", count(group.books));
  set_count(attributes, "drawers", count(group.drawers));
  set_count(attributes, "threads_per_core", group.threads_per_core);
  set_count(attributes, "max_mhz", max_mhz(host, group));
  set_caches(group, attributes);
  const auto flags = cpuinfo.text(*group.cpus.begin(), "flags");
  if (has_word(flags, "vmx")) set_text(attributes, "virtualization_support", "VT-x");
  if (has_word(flags, "svm")) set_text(attributes, "virtualization_support", "AMD-V");
}

std::string join_models(const std::map<Kind, Group>& groups) {
  std::vector<std::string> models;
  for (const auto& [kind, group] : groups) {
    if (!kind.model.empty() && std::find(models.begin(), models.end(), kind.model) == models.end()) {
      models.push_back(kind.model);
    }
  }
  return base::join(models, ", ");
}

void set_totals(const Host& host, const std::map<Kind, Group>& groups, inventory::Attributes& subject) {
  std::set<std::string> cores, sockets;
  std::size_t most_sockets = 0;
  std::int64_t threads = 0;
  for (const auto& [kind, group] : groups) {
    cores.insert(group.cores.begin(), group.cores.end());
    sockets.insert(group.sockets.begin(), group.sockets.end());
    most_sockets = std::max(most_sockets, group.sockets.size());
    threads += std::ssize(group.cpus);
  }
  // Arm cores of several kinds (big.LITTLE) share one chip, though many kernels call each cluster a package.
  const bool clusters = groups.size() > 1 && groups.begin()->first.is_arm;
  set_text(subject, "cpu_model", join_models(groups));
  set_count(subject, "cpu_sockets", static_cast<std::int64_t>(clusters ? most_sockets : sockets.size()));
  set_count(subject, "cpu_cores", count(cores));
  const auto present = count_of_cpu_list(value_in(host, std::string(cpu_folder) + "present"));
  set_count(subject, "cpu_threads", std::max<std::int64_t>(threads, present ? *present : 0));
}

void set_memory(const Host& host, SourceOutput& out) {
  const auto meminfo = host.read_file("/proc/meminfo");
  if (!meminfo) {
    if (meminfo.error().code != Errc::not_found) out.partial(meminfo.error());
    return;
  }
  const auto fields = parse_cpuinfo(*meminfo).common;  // "MemTotal:  16318480 kB"
  for (const auto& [field, attribute] :
       {std::pair{"memtotal", "memory_mib"}, std::pair{"swaptotal", "swap_mib"}}) {
    const auto total = fields.find(field);
    if (total == fields.end()) continue;
    const auto kib = base::parse_integer(std::string_view(total->second).substr(0, total->second.find(' ')));
    set_count(out.section.attributes, attribute, kib.value_or(0) / 1024);
  }
}

}  // namespace

base::Result<void> cpu(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/proc/cpuinfo", max_cpuinfo_bytes);
  if (!text) return text.error();
  const auto cpuinfo = parse_cpuinfo(*text);
  std::map<Kind, Group> groups;
  for (const auto number : all_cpus(host, cpuinfo)) {
    auto& group = groups[kind_of(cpuinfo, number)];
    group.cpus.insert(number);
    add_place(host, cpuinfo, number, group);
  }
  for (auto& [kind, group] : groups) {
    add_shared_caches(cpuinfo, group);
    add_processor(host, cpuinfo, kind, group, out);
  }
  set_totals(host, groups, out.section.attributes);
  set_memory(host, out);
  return {};
}

}  // namespace censo::agent::sources
