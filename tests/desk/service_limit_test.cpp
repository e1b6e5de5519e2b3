// Service-desk rule 59: limits of services and customers, the most specific one counts.
#include "desk/service_limit.h"

#include "desk/ticket_fields.h"
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

class ServiceLimits : public DeskTest {
 protected:
  ServiceLimits() { db.advance_ms(base::parse_iso8601("2026-11-24T09:00+01:00").value() - db.clock().now()); }
  static ServiceLimit of(const std::string& name, const std::string& limit) {
    ServiceLimit one;
    one.name = name;
    one.kind = "incident";
    one.target = "resolve";
    one.limit = limit;
    one.calendar = "always";
    return one;
  }
  ServiceLimit of_shop(const std::string& limit) {
    auto one = of("shop", limit);
    one.service = shop;
    return one;
  }
  base::Result<ServiceLimit> put(const ServiceLimit& one, const Roles& roles = {"desk_manager"}) {
    return as<base::Result<ServiceLimit>>(
        "mia", roles, [&](const Operation& operation) { return put_service_limit(operation, one); });
  }
  std::string remove(const std::string& name, const Roles& roles) {
    return as<std::string>("mia", roles, [&](const Operation& operation) {
      return refusal(remove_service_limit(operation, name));
    });
  }
  std::string resolve_limit(const Ticket& ticket) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      const auto all = targets_of(operation.tx, *kinds.find("incident"), ticket, db.clock().now());
      const auto found = std::ranges::find(all, "resolve", &TicketTarget::name);
      return found->limit + " " + found->calendar;
    });
  }
  std::string service_of(const std::vector<cmdb::CiId>& cis) {
    return as<std::string>("ana", {}, [&](const Operation& operation) {
      return opening_defaults(operation.tx, *operation.impact, cis, db.clock().now()).service;
    });
  }
  void says(cmdb::CiId ci, const std::string& attributes, const std::string& tenant = "") {
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set attributes = $2, tenant = $3 where id = $1", ci.value, attributes, tenant);
    });
  }
  static std::string where(const base::Result<ServiceLimit>& made) { return made ? "" : made.error().where; }

  const cmdb::CiId web01 = db.add_ci("server", "web01"), shop = db.add_ci("business_service", "shop"),
                   intranet = db.add_ci("business_service", "intranet");
  const FieldValues urgent{{"impact", "1"}, {"urgency", "1"}};
};

TEST_F(ServiceLimits, Rule59AServiceCountsMoreThanAPriority) {
  put(of_shop("9h")).value();
  auto fields = urgent;
  fields["service"] = "shop";
  EXPECT_EQ(resolve_limit(open(fields)), "9h always") << "longer than the 4h of priority 1";
  fields["service"] = "intranet";
  EXPECT_EQ(resolve_limit(open(fields)), "4h always");
}

TEST_F(ServiceLimits, Rule59ACustomerCountsMoreThanAService) {
  put(of_shop("2h")).value();
  auto north = of("north", "6h");
  north.tenant = "north";
  put(north).value();
  EXPECT_EQ(resolve_limit(open({{"tenant", "north"}})), "6h always");
  auto both = of("north-shop", "7h");
  both.tenant = "north";
  both.service = shop;
  put(both).value();
  says(shop, R"({"tenant": "north"})", "north");
  EXPECT_EQ(resolve_limit(open({{"tenant", "north"}, {"service", "shop"}})), "7h always");
  EXPECT_EQ(resolve_limit(open({{"tenant", "north"}})), "6h always");
}

TEST_F(ServiceLimits, Rule59ACategoryCountsMoreThanAPriorityAndLessThanAService) {
  auto web = of("web", "3h");
  web.category = "web";
  put(web).value();
  auto fields = urgent;
  fields["category"] = "web";
  EXPECT_EQ(resolve_limit(open(fields)), "3h always");
  put(of_shop("5h")).value();
  fields["service"] = "shop";
  EXPECT_EQ(resolve_limit(open(fields)), "5h always");
}

TEST_F(ServiceLimits, Rule59OfEqualOnesTheShortest) {
  put(of_shop("5h")).value();
  auto other = of_shop("3h");
  other.name = "shop-too";
  put(other).value();
  EXPECT_EQ(resolve_limit(open({{"service", "shop"}})), "3h always");
}

TEST_F(ServiceLimits, Rule57AnotherServicePicksAnotherLimitAndKeepsTheTimeUsedUp) {
  put(of_shop("9h")).value();
  auto ticket = open(urgent);
  db.advance_ms(base::TimeMs{60} * 60'000);
  ticket = as<Ticket>("ana", desk_agent, [&](const Operation& operation) {
    return edit_ticket(operation, ticket, {{}, {}, {{"service", "shop"}}, ticket.version}).value();
  });
  EXPECT_EQ(resolve_limit(ticket), "9h always");
  const auto left = as<base::TimeMs>("ana", {}, [&](const Operation& operation) {
    const auto all = targets_of(operation.tx, *kinds.find("incident"), ticket, db.clock().now());
    return std::ranges::find(all, "resolve", &TicketTarget::name)->remaining_ms;
  });
  EXPECT_EQ(left, base::TimeMs{8} * 60 * 60'000);
}

TEST_F(ServiceLimits, WhatIsUnfitIsRefusedWithItsPlace) {
  EXPECT_EQ(where(put(of("everything", "2h"))), "service");
  auto one = of_shop("soon");
  EXPECT_EQ(where(put(one)), "limit");
  one = of_shop("2h");
  one.calendar = "never";
  EXPECT_EQ(put(one).error().message, "expected one of the calendars always, office");
  one = of_shop("2h");
  one.target = "win";
  EXPECT_EQ(where(put(one)), "target");
  one = of_shop("2h");
  one.kind = "task";
  EXPECT_EQ(where(put(one)), "target") << "a task has none";
  one = of_shop("2h");
  one.name = "Shop!";
  EXPECT_EQ(where(put(one)), "name");
  one = of_shop("2h");
  one.category = "a\x01z";
  EXPECT_EQ(where(put(one)), "category");
}

TEST_F(ServiceLimits, OnlyADeskManagerWritesThem) {
  EXPECT_EQ(refusal(put(of_shop("2h"), desk_agent)), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(remove("shop", {}), "not_found ") << "also for who may not";
  put(of_shop("2h")).value();
  EXPECT_EQ(remove("shop", desk_agent), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(remove("shop", {"desk_manager"}), "done");
}

TEST_F(ServiceLimits, Rule59TheServiceIsTheOneThatIsNamedOrTheMostCriticalThatGoesDown) {
  EXPECT_EQ(service_of({shop}), base::to_text(shop));
  db.relate(intranet, "runs_on", web01);
  db.relate(shop, "runs_on", web01);
  says(intranet, R"({"criticality": 3})");
  says(shop, R"({"criticality": 1})");
  EXPECT_EQ(service_of({web01}), base::to_text(shop));
  says(shop, R"({"criticality": 1, "tenant": "north"})", "north");
  EXPECT_EQ(service_of({web01}), base::to_text(intranet)) << "no ticket names another tenant's";
  EXPECT_EQ(service_of({}), "");
}

}  // namespace
}  // namespace censo::desk
