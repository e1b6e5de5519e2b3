#include "cmdb/invariants.h"

#include "tests/cmdb/ingest_fixture.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

class Invariants : public IngestTest {
 protected:
  void SetUp() override {
    ci = take(agent_report("a", 1,
                           {section("hardware", attributes({{"serial_number", "S-1"}})),
                            section("packages", {}, {package("bash", "5.2"), package("zlib", "1.3")})}))
             .ci;
  }
  std::string only_finding() {
    const auto findings = broken_invariants(tx);
    return findings.size() == 1 ? findings[0] : std::to_string(findings.size()) + " findings";
  }
  CiId ci;
};

TEST_F(Invariants, HoldAfterAReport) {
  EXPECT_EQ(broken_invariants(tx), std::vector<std::string>{});
}

TEST_F(Invariants, ACircleOfMergesIsFound) {
  tx.execute("update ci set merged_into = id where id = $1", ci.value);
  EXPECT_EQ(only_finding(), "merge: item " + to_text(ci) + " is merged into itself, by a circle");
}

TEST_F(Invariants, AMissingComponentRowIsFound) {
  tx.execute("delete from component_row where attributes ->> 'name' = 'zlib'");
  EXPECT_EQ(only_finding().substr(0, 17), "components: item ");
}

TEST_F(Invariants, AnUnreadablePackedListIsFound) {
  tx.execute("update component_set set packed_rows = $1", base::Bytes{0x80});
  EXPECT_EQ(only_finding(),
            "components: item " + to_text(ci) + ", section packages: the packed list cannot be read");
}

TEST_F(Invariants, AComponentListWithoutItsSectionIsFound) {
  tx.execute("delete from source_section where section = 'packages'");
  EXPECT_EQ(only_finding().substr(0, 15), "sections: item ");
}

}  // namespace
}  // namespace censo::cmdb
