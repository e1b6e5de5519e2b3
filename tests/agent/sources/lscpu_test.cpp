// The cpu and virtualization sources against what lscpu says of the same machines.
#include "base/text.h"
#include "tests/agent/sources/host_data.h"

#include <array>
#include <cmath>
#include <map>
#include <set>

namespace censo::agent {
namespace {

using host_data::integer_of;

// Name and values, in order: lscpu repeats lines for each kind of processor.
using Answers = std::map<std::string, std::vector<std::string>>;

Answers answers_in(const std::string& text) {
  Answers answers;
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with('#')) break;  // the table for programs follows
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    answers[std::string(line.substr(0, colon))].emplace_back(base::trim(line.substr(colon + 1)));
  }
  return answers;
}

std::int64_t number(const Answers& answers, const std::string& name, std::size_t at) {
  const auto values = answers.find(name);
  if (values == answers.end() || at >= values->second.size()) return 1;
  return base::parse_integer(values->second[at]).value_or(0);
}

// Of all kinds: {sockets, cores}.
std::pair<std::int64_t, std::int64_t> totals(const Answers& answers) {
  std::int64_t most_sockets = 0;
  std::int64_t cores = 0;
  for (std::size_t kind = 0; kind < answers.at("Thread(s) per core").size(); ++kind) {
    std::int64_t sockets = 1;
    for (const auto name :
         {"Socket(s)", "Socket(s) per book", "Book(s)", "Book(s) per drawer", "Drawer(s)"}) {
      sockets *= number(answers, name, kind);
    }
    most_sockets = std::max(most_sockets, sockets);
    cores += sockets * number(answers, "Core(s) per socket", kind);
  }
  return {most_sockets, cores};
}

// "1.5 MiB (48 instances)"
std::int64_t kibibytes(const std::string& text) {
  const bool is_mib = text.find("MiB") != std::string::npos;
  return std::llround(std::stod(text) * (is_mib ? 1024 : 1));
}

std::string hypervisor_of(const Answers& answers) {
  const std::map<std::string, std::string> ours{
      {"KVM", "kvm"}, {"Oracle", "oracle"}, {"VMware", "vmware"}, {"Microsoft", "microsoft"}, {"Xen", "xen"}};
  const auto vendor = answers.find("Hypervisor vendor");
  if (vendor == answers.end()) return {};
  if (vendor->second.front() == "IBM") {
    return answers.at("Hypervisor").front().starts_with("z/VM") ? "zvm" : "lpar";
  }
  return ours.at(vendor->second.front());
}

std::set<std::string> texts_of(const SourceOutput& out, std::string_view attribute) {
  std::set<std::string> texts;
  for (const auto& item : out.section.items) {
    if (auto text = item.attributes.text(attribute); !text.empty()) texts.insert(text);
  }
  return texts;
}

std::set<std::string> answered(const Answers& answers, const std::string& name) {
  const auto values = answers.find(name);
  if (values == answers.end() || values->second.front() == "-") return {};
  return {values->second.begin(), values->second.end()};
}

std::string joined(const std::set<std::string>& texts) {
  return base::join({texts.begin(), texts.end()}, "|");
}

constexpr std::array cache_names{
    "L1d", "L1i", "L2", "L2d", "L2i", "L3", "L4"};

// One fact a line, so that a difference names itself.
std::string expected_facts(const Answers& answers) {
  const auto cpus = number(answers, "CPU(s)", 0);
  auto [sockets, cores] = totals(answers);
  // On a partition of a z machine lscpu counts the machine's cores, and we those of the partition.
  if (cores > cpus) sockets = cores = 0;
  std::string facts = "cpus " + std::to_string(cpus) + "\nsockets " + std::to_string(sockets) + "\ncores " +
                      std::to_string(cores) + "\nthreads per core " +
                      std::to_string(number(answers, "Thread(s) per core", 0)) + "\n";
  for (const auto name : {"Model name", "Vendor ID", "CPU family", "Model", "Stepping", "Virtualization"}) {
    facts += std::string(name) + " " + joined(answered(answers, name)) + "\n";
  }
  for (const std::string name : cache_names) {
    const auto size = answers.find(name + " cache");
    facts += name + " " + std::to_string(size == answers.end() ? 0 : kibibytes(size->second.front())) + "\n";
  }
  return facts + "hypervisor " + hypervisor_of(answers) + "\n";
}

std::string found_facts(const host_data::fs::path& root, bool is_partition) {
  const auto cpu = host_data::run("cpu", root);
  const auto& subject = cpu.section.attributes;
  const auto& first = cpu.section.items.front().attributes;
  const auto place = [&](std::string_view name) {
    return std::to_string(is_partition ? 0 : integer_of(subject, name));
  };
  std::string facts = "cpus " + std::to_string(integer_of(subject, "cpu_threads")) + "\nsockets " +
                      place("cpu_sockets") + "\ncores " + place("cpu_cores") + "\nthreads per core " +
                      std::to_string(integer_of(first, "threads_per_core")) + "\n";
  const std::array<std::pair<const char*, const char*>, 6> texts{
      {{"Model name", "model"},
       {"Vendor ID", "vendor"},
       {"CPU family", "family"},
       {"Model", "model_number"},
       {"Stepping", "stepping"},
       {"Virtualization", "virtualization_support"}}};
  for (const auto& [name, attribute] : texts)
    facts += std::string(name) + " " + joined(texts_of(cpu, attribute)) + "\n";
  for (const std::string name : cache_names) {
    facts += name + " " + std::to_string(integer_of(first, base::to_lower(name) + "_cache_kib")) + "\n";
  }
  const auto virtualization = host_data::run("virtualization", root);
  return facts + "hypervisor " + virtualization.section.attributes.text("virtualization") + "\n";
}

class Lscpu : public testing::TestWithParam<std::string> {};

TEST_P(Lscpu, SaysTheSame) {
  if (GetParam().empty()) GTEST_SKIP() << "no recordings on this machine";
  const host_data::TemporaryFolder folder;
  folder.unpack(host_data::folder("lscpu") / (GetParam() + ".tar.gz"));
  const auto answers =
      answers_in(host_data::content(host_data::folder("lscpu") / (GetParam() + ".expected")));
  const bool is_partition = totals(answers).second > number(answers, "CPU(s)", 0);
  EXPECT_EQ(found_facts(folder.path() / GetParam(), is_partition), expected_facts(answers));
}

INSTANTIATE_TEST_SUITE_P(HostData, Lscpu, testing::ValuesIn(host_data::names("lscpu", ".tar.gz")),
                         host_data::test_name);

}  // namespace
}  // namespace censo::agent
