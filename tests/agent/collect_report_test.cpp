// Fake sources over an empty host: what a report makes of what they say.
#include "agent/collect_report.h"

#include "inventory/report_codec.h"
#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace censo::agent {
namespace {

using base::Errc;

constexpr base::TimeMs now = 1'790'000'000'000;

base::Result<void> host_name(const Host&, SourceOutput& out) {
  out.section.attributes.set("host_name", "web01");
  out.section.attributes.set("boot_id", "0b1d");
  return {};
}
base::Result<void> fails(const Host&, SourceOutput& out) {
  out.add("disk");
  return base::fail(Errc::permission_denied, "not for us", "/dev/mem");
}
base::Result<void> has_no_such_thing(const Host&, SourceOutput&) {
  return base::fail(Errc::not_found, "no dpkg here");
}
base::Result<void> throws(const Host&, SourceOutput& out) {
  out.add("disk");
  throw std::runtime_error("a bug");
}
base::Result<void> reads_a_part(const Host&, SourceOutput& out) {
  out.add("disk");
  out.partial(base::fail(Errc::malformed, "no size", "/sys/block/sda"));
  return {};
}
base::Result<void> is_a_container(const Host&, SourceOutput& out) {
  out.section.attributes.set("container", "lxc");
  out.section.attributes.set("virtualization", "kvm");
  return {};
}
base::Result<void> is_a_virtual_machine(const Host&, SourceOutput& out) {
  out.section.attributes.set("virtualization", "kvm");
  out.section.attributes.set("chassis_type", "Desktop");
  return {};
}
base::Result<void> is_a_notebook(const Host&, SourceOutput& out) {
  out.section.attributes.set("virtualization", "none");
  out.section.attributes.set("chassis_type", "Sub Notebook");
  return {};
}
base::Result<void> is_a_rack_server(const Host&, SourceOutput& out) {
  out.section.attributes.set("chassis_type", "Rack Mount Chassis");
  return {};
}

class CollectReport : public testing::Test {
 protected:
  inventory::Report collect(std::vector<Source> sources, const CollectSettings& settings = {}) const {
    return collect_report(*host_, sources, settings);
  }

  test::TemporaryFolder root_;
  std::unique_ptr<Host> host_ = recorded_host(root_.path(), now);
};

TEST_F(CollectReport, SaysWhoReportsWhatAndWhen) {
  CollectSettings settings;
  settings.agent_id = "0192c3a1-7d5e-7000-8000-000000000001";
  settings.version = "1.2.3";
  settings.sequence = 7;
  const auto report = collect({{"system", host_name}}, settings);
  EXPECT_EQ(report.origin.kind, inventory::OriginKind::agent);
  EXPECT_EQ(report.origin.id, settings.agent_id);
  EXPECT_EQ(report.origin.version, "1.2.3");
  EXPECT_EQ(report.sequence, 7U);
  EXPECT_EQ(report.taken_at, now);
  EXPECT_EQ(report.subject_name, "web01");
  EXPECT_EQ(report.boot_id, "0b1d");
}

TEST_F(CollectReport, AWholeSourceIsACompleteSection) {
  const auto report = collect({{"system", host_name}});
  ASSERT_EQ(report.sections.size(), 2U);
  EXPECT_EQ(report.sections[0].name, "system");
  EXPECT_TRUE(report.sections[0].complete);
  EXPECT_EQ(report.sections[0].digest.size(), 64U);
}

TEST_F(CollectReport, AFailedSourceIsAProblemAndAnEmptyIncompleteSection) {
  const auto report = collect({{"memory", fails}});
  ASSERT_EQ(report.sections.size(), 2U);
  EXPECT_FALSE(report.sections[0].complete);
  EXPECT_TRUE(report.sections[0].items.empty());
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].source, "memory");
  EXPECT_EQ(report.problems[0].code, "permission_denied");
  EXPECT_EQ(report.problems[0].where, "/dev/mem");
}

TEST_F(CollectReport, WhatAHostDoesNotHaveIsNoProblem) {
  const auto report = collect({{"dpkg", has_no_such_thing}});
  EXPECT_TRUE(report.problems.empty());
  EXPECT_TRUE(report.sections[0].complete);
}

TEST_F(CollectReport, AThrowingSourceIsAProblem) {
  const auto report = collect({{"disks", throws}});
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].message, "the source stopped: a bug");
  EXPECT_FALSE(report.sections[0].complete);
  EXPECT_TRUE(report.sections[0].items.empty());
}

TEST_F(CollectReport, AFailedSourceDoesNotStopTheOthers) {
  EXPECT_EQ(collect({{"disks", throws}, {"system", host_name}}).subject_name, "web01");
}

TEST_F(CollectReport, APartlyReadSourceKeepsItsItems) {
  const auto report = collect({{"disks", reads_a_part}});
  EXPECT_EQ(report.sections[0].items.size(), 1U);
  EXPECT_FALSE(report.sections[0].complete);
  EXPECT_EQ(report.problems.size(), 1U);
}

TEST_F(CollectReport, AnExcludedSourceLeavesNoSection) {
  CollectSettings settings;
  settings.excluded_sources = {"disks"};
  EXPECT_EQ(collect({{"disks", throws}}, settings).sections.size(), 1U);  // "agent" alone
}

TEST_F(CollectReport, ExcludingWhatIsNoSourceIsAProblem) {
  CollectSettings settings;
  settings.excluded_sources = {"disks", "[system]"};
  const auto report = collect({{"disks", throws}, {"system", host_name}}, settings);
  ASSERT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.problems[0].where, "inventory.exclude: [system]");
}

TEST_F(CollectReport, WithoutUsersThereAreNoSessions) {
  CollectSettings settings;
  settings.include_users = false;
  EXPECT_EQ(collect({{"sessions", reads_a_part}}, settings).sections.size(), 1U);
}

TEST_F(CollectReport, TagsAreInTheAgentsOwnSection) {
  CollectSettings settings;
  settings.tags = {"dmz", "web"};
  const auto report = collect({}, settings);
  EXPECT_EQ(std::get<inventory::TextList>(*report.sections.at(0).attributes.find("tags")), settings.tags);
}

TEST_F(CollectReport, WithoutTagsTheSectionTakesBackWhatItSaid) {
  const auto report = collect({});
  EXPECT_TRUE(report.sections.at(0).complete);
  EXPECT_TRUE(report.sections.at(0).attributes.empty());
}

TEST_F(CollectReport, AContainerInAVirtualMachineIsAContainer) {
  EXPECT_EQ(collect({{"system", is_a_container}}).subject_class, "container");
}

TEST_F(CollectReport, AVirtualMachineIsOneWhateverItsChassis) {
  EXPECT_EQ(collect({{"system", is_a_virtual_machine}}).subject_class, "virtual_machine");
}

TEST_F(CollectReport, APortableChassisIsAWorkstation) {
  EXPECT_EQ(collect({{"system", is_a_notebook}}).subject_class, "workstation");
}

TEST_F(CollectReport, AnyOtherMachineIsAServer) {
  EXPECT_EQ(collect({{"system", is_a_rack_server}}).subject_class, "server");
  EXPECT_EQ(collect({}).subject_class, "server");
}

TEST_F(CollectReport, AHostWithoutANameIsUnknown) {
  EXPECT_EQ(collect({}).subject_name, "unknown");
}

TEST_F(CollectReport, WhatItMakesTheCollectorCanRead) {
  CollectSettings settings;
  settings.version = "1.2.3";
  const auto report = collect({{"disks", fails}, {"system", host_name}}, settings);
  const auto read = inventory::parse_report(inventory::to_json(report));
  ASSERT_TRUE(read) << base::to_string(read.error());
  EXPECT_EQ(inventory::content_digest(*read), inventory::content_digest(report));
}

}  // namespace
}  // namespace censo::agent
