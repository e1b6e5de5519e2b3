// Service-desk rule 21: stock, licences and assets are reserved when a request begins.
#include "desk/reservation.h"
#include "cmdb/item_edit.h"
#include "cmdb/merge.h"
#include "desk/request_item.h"
#include "tests/desk/desk_fixture.h"

#include <array>

namespace censo::desk {
namespace {

class Reservations : public DeskTest {
 protected:
  cmdb::CiId add(const std::string& class_name, const std::string& name, const std::string& stage,
                 const std::string& attributes = "{}", const std::string& tenant = "") {
    const auto id = db.add_ci(class_name, name);
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set stage = $2, attributes = $3, tenant = $4 where id = $1", id.value, stage,
                 attributes, tenant);
    });
    return id;
  }
  Ticket approved(const FieldValues& more = {}) {
    NewTicket wanted{"request", "Laptop", "", "luis", {}, more};
    return move(open_with(wanted).value(), "accept").value();
  }
  // As the effect of `start` does.
  std::string begun(const Ticket& request, const std::vector<ReservedItem>& wanted) {
    return as<std::string>("ana", desk_agent, [&](const Operation& operation) {
      return refusal(reserve_what_is_asked(operation, request, wanted));
    });
  }
  std::string by_hand(const Ticket& request, cmdb::CiId ci, const Roles& roles) {
    return as<std::string>("ana", roles, [&](const Operation& operation) {
      return refusal(reserve(operation, find_ticket(operation.tx, request.number).value(), "laptop", ci));
    });
  }
  // "laptop pc01 held"
  std::vector<std::string> of(const Ticket& request) {
    return as<std::vector<std::string>>("ana", {}, [&](const Operation& operation) {
      std::vector<std::string> found;
      for (const auto& one : reservations_of(operation.tx, request.id))
        found.push_back(one.name + " " + one.ci_name + " " + (one.outcome.empty() ? "held" : one.outcome));
      return found;
    });
  }
  using Texts = std::vector<std::string>;
  const std::vector<ReservedItem> a_laptop{{"laptop", "workstation", "", false}};
  const std::vector<ReservedItem> a_seat{{"office", "licence", "name:Office", true}};
};

TEST_F(Reservations, Rule21TakesTheFirstThatIsFreeInStock) {
  add("workstation", "pc01", "operate");
  const auto broken = add("workstation", "pc02", "stock");
  db.write([&](store::Transaction& tx) {
    cmdb::ItemEdit edit;
    edit.status = "in_repair";
    const auto done = cmdb::edit_item(tx, {catalog, db.clock(), "mia"}, broken, edit);
    ASSERT_TRUE(done) << to_string(done.error());
  });
  add("workstation", "pc03", "stock");
  add("workstation", "pc04", "stock");
  const auto one = approved(), two = approved(), three = approved();
  EXPECT_EQ(begun(one, a_laptop), "done");
  EXPECT_EQ(begun(two, a_laptop), "done");
  EXPECT_EQ(begun(three, a_laptop), "done");
  EXPECT_EQ(of(one), Texts{"laptop pc03 held"});
  EXPECT_EQ(of(two), Texts{"laptop pc04 held"});
  EXPECT_EQ(of(three), Texts{});
}

TEST_F(Reservations, Rule21WhatIsNeededStopsTheRequest) {
  const auto request = approved();
  EXPECT_EQ(begun(request, {{"laptop", "workstation", "", true}}), "conflict NOT_IN_STOCK");
}

TEST_F(Reservations, Rule21LicencesAreCounted) {
  const auto office = add("licence", "Office", "operate", R"({"entitlements":2})");
  add("licence", "Other", "operate", R"({"entitlements":50})");
  const auto host = db.add_ci("workstation", "pc01");
  const auto one = approved(), two = approved();
  EXPECT_EQ(begun(one, a_seat), "done");
  db.relate(host, "covered_by", office);
  EXPECT_EQ(begun(two, a_seat), "conflict NOT_IN_STOCK");
  EXPECT_EQ(of(one), Texts{"office Office held"});
}

TEST_F(Reservations, StartReservesWhatTheCatalogueSays) {
  add("workstation", "pc03", "stock");
  const auto item = RequestItems::built_in().find("new_laptop");
  ASSERT_EQ(item->reserves.size(), 1U);
  auto request = approved();
  db.write([&](store::Transaction& tx) {
    request.fields["item"] = "new_laptop";
    tx.execute("update ticket set fields = $2 where id = $1", request.id.value, R"({"item":"new_laptop"})");
  });
  ASSERT_TRUE(move(request, "start", {{"group", "desktops"}}));
  EXPECT_EQ(of(request), Texts{"laptop pc03 held"});
  EXPECT_EQ(refusal(move(request, "fulfil", {{"fulfilment", "here"}})), "conflict TASKS_OPEN");
  db.write([](store::Transaction& tx) { tx.execute("update ticket set is_open = 0 where kind = 'task'"); });
  ASSERT_TRUE(move(request, "fulfil", {{"fulfilment", "here"}}));
  EXPECT_EQ(of(request), Texts{"laptop pc03 used"});
}

TEST_F(Reservations, AnotherOneIsTakenByHand) {
  const auto first = add("workstation", "pc03", "stock"), second = add("workstation", "pc04", "stock"),
             busy = add("workstation", "pc05", "operate");
  const auto request = approved(), other = approved();
  ASSERT_EQ(begun(request, a_laptop), "done");
  EXPECT_EQ(by_hand(request, second, {}), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(by_hand(request, busy, desk_agent), "conflict NOT_IN_STOCK");
  EXPECT_EQ(by_hand(other, first, desk_agent), "conflict NOT_IN_STOCK");
  EXPECT_EQ(by_hand(request, second, desk_agent), "done");
  EXPECT_EQ(of(request), Texts{"laptop pc04 held"});
  EXPECT_EQ(by_hand(other, first, desk_agent), "done");
}

TEST_F(Reservations, OneRequestHoldsAnItemOnce) {
  const auto laptop = add("workstation", "pc03", "stock");
  const auto request = approved();
  const std::vector<ReservedItem> two{{"laptop", "workstation", "", false},
                                      {"spare", "workstation", "", false}};
  ASSERT_EQ(begun(request, two), "done");
  EXPECT_EQ(of(request), Texts{"laptop pc03 held"});
  EXPECT_EQ(by_hand(request, laptop, desk_agent), "done");  // again under its own name
}

TEST_F(Reservations, WhatWasMergedIntoAnotherIsHeldAsThat) {
  const auto twin = add("workstation", "pc02", "stock"), shown = add("workstation", "pc03", "stock");
  const auto request = approved(), other = approved();
  ASSERT_EQ(begun(request, a_laptop), "done");
  EXPECT_EQ(of(request), Texts{"laptop pc02 held"});
  db.write([&](store::Transaction& tx) {
    const auto merged = cmdb::merge_item(tx, catalog, db.clock(), {twin, shown},
                                         {"person mia", "one laptop", db.clock().now()});
    ASSERT_TRUE(merged) << to_string(merged.error());
  });
  EXPECT_EQ(by_hand(other, shown, desk_agent), "conflict NOT_IN_STOCK");
}

TEST_F(Reservations, OfACancelledRequestAreReleased) {
  const auto laptop = add("workstation", "pc03", "stock");
  const auto request = approved(), other = approved();
  ASSERT_EQ(by_hand(request, laptop, desk_agent), "done");
  ASSERT_TRUE(move(request, "cancel", {{"reason", "not needed"}}));
  EXPECT_EQ(of(request), Texts{"laptop pc03 released"});
  EXPECT_EQ(by_hand(other, laptop, desk_agent), "done");
}

TEST_F(Reservations, OfARequestOfNoTenantTakeNoTenants) {
  add("workstation", "pc01", "stock", R"({"tenant":"south"})", "south");
  add("workstation", "pc02", "stock");
  const auto request = approved();
  ASSERT_EQ(begun(request, a_laptop), "done");
  EXPECT_EQ(of(request), Texts{"laptop pc02 held"});
}

// Rule 75.
TEST_F(Reservations, HistoryNamesATenantsItemsAlone) {
  add("workstation", "pc02", "stock");
  const auto request = approved({{"tenant", "north"}});
  ASSERT_EQ(begun(request, a_laptop), "done");
  EXPECT_EQ(history(request).back().event, "reserve");
  EXPECT_EQ(history(request).back().reason, "");
  EXPECT_EQ(history(request).back().after.find("\"ci\""), std::string::npos);
}

TEST_F(Reservations, AreGivenBack) {
  const auto laptop = add("workstation", "pc03", "stock");
  const auto request = approved(), other = approved();
  ASSERT_EQ(begun(request, a_laptop), "done");
  const auto released = as<std::string>("ana", desk_agent, [&](const Operation& operation) {
    const auto first = refusal(release(operation, request, "laptop"));
    return first + ", " + refusal(release(operation, request, "laptop"));
  });
  EXPECT_EQ(released, "done, not_found ");
  EXPECT_EQ(of(request), Texts{"laptop pc03 released"});
  EXPECT_EQ(by_hand(other, laptop, desk_agent), "done");
  EXPECT_EQ(history(request).back().event, "released");
}

TEST_F(Reservations, HoldNothingBeforeApproval) {
  const auto laptop = add("workstation", "pc03", "stock");
  const auto request = open_with({"request", "Laptop", "", "luis", {}, {}}).value();
  EXPECT_EQ(by_hand(request, laptop, desk_agent), "conflict NOT_ALLOWED_NOW");
}

// Rule 75.
TEST_F(Reservations, OfATenantTakeItsOwnAndShared) {
  add("workstation", "pc01", "stock", R"({"tenant":"south"})", "south");
  add("workstation", "pc02", "stock", R"({"tenant":"north"})", "north");
  const auto request = approved({{"tenant", "north"}});
  ASSERT_EQ(begun(request, a_laptop), "done");
  EXPECT_EQ(of(request), Texts{"laptop pc02 held"});
}

TEST(RequestItems, Rule21ReservesAreReadAndRefused) {
  const auto load = [](const std::string& reserves) {
    const std::string text =
        "item: phone\nlabel: {en: P, es: T}\ndescription: {en: P, es: T}\nreserves:\n" + reserves;
    const std::array files{base::EmbeddedFile{"tickets/catalogue/phone.yaml", text}};
    return RequestItems::load(files).has_value();
  };
  EXPECT_TRUE(load("  - {reserve: phone, class: mobile_device, items: \"name:x*\", needed: true}\n"));
  EXPECT_FALSE(load("  - {reserve: phone}\n"));
  EXPECT_FALSE(load("  - {reserve: phone, class: mobile_device, items: \"((\"}\n"));
  EXPECT_FALSE(load("  - {reserve: a, class: b}\n  - {reserve: a, class: c}\n"));
}

}  // namespace
}  // namespace censo::desk
