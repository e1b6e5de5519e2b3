#include "cmdb/address_holder.h"

#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

class AddressHolder : public IngestTest {
 protected:
  inventory::Report guess(const std::string& origin) const {
    auto report = scan_report({section("ports", attributes({{"ip_addresses", inventory::TextList{"10.0.0.7"}},
                                                            {"management_address", "10.0.0.7"}}))},
                              "printer", "10.0.0.7");
    report.origin.id = origin;
    return report;
  }
  std::vector<inventory::Section> host() const {
    return {section("network", attributes({{"serial_number", "CZ1234"},
                                           {"ip_addresses", inventory::TextList{"10.0.0.7", "10.0.0.8"}}}))};
  }
};

TEST_F(AddressHolder, NobodyHasAnAddressThatIsNew) {
  EXPECT_FALSE(other_holder_of(tx, "10.0.0.7", "job-1/ports"));
}

TEST_F(AddressHolder, IsTheHostWhoseAgentTellsIt) {
  const auto agent = take(agent_report("a", 1, host()));
  EXPECT_EQ(other_holder_of(tx, "10.0.0.8", "job-1/ports"), agent.ci);
}

TEST_F(AddressHolder, IsNotWhatTheSameScanSaidBefore) {
  const auto first = take(guess("job-1/ports"));
  EXPECT_FALSE(other_holder_of(tx, "10.0.0.7", "job-1/ports"));
  EXPECT_EQ(other_holder_of(tx, "10.0.0.7", "job-2/ports"), first.ci);
}

TEST_F(AddressHolder, AGuessIsOfTheSameItemEachTime) {
  const auto first = take(guess("job-1/ports"));
  auto more = guess("job-1/ports");
  more.sequence = 1;
  more.sections[0].attributes.set("manufacturer", "HP");
  const auto second = take(more);
  EXPECT_EQ(second.ci, first.ci);
  EXPECT_EQ(second.outcome, IngestOutcome::updated);
}

}  // namespace
}  // namespace censo::cmdb
