// Service-desk rule 71.
#include "desk/date_task.h"
#include "desk/date_rules.h"
#include "tests/desk/change_fixture.h"

#include <array>

namespace censo::desk {
namespace {

class DateTaskTest : public ChangeTest {
 protected:
  cmdb::CiId certificate(const std::string& name, base::TimeMs ends_in_ms) {
    const auto ci = db.add_ci("certificate", name);
    set_end(ci, ends_in_ms);
    return ci;
  }
  void set_attributes(cmdb::CiId ci, const std::string& json) {
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set attributes = $2 where id = $1", ci.value, json);
    });
  }
  void set_end(cmdb::CiId ci, base::TimeMs ends_in_ms) {
    set_attributes(ci, R"({"not_after":")" + in(ends_in_ms) + R"("})");
  }
  // A whole round, an hour after the last one.
  void round(std::size_t limit = 100) { round_by(rules, limit); }
  void round_by(const DateRules& some, std::size_t limit = 100) {
    db.advance_ms(date_round_every_ms);
    const auto more = [&] {
      return as<bool>("collector", {"rule"},
                      [&](const Operation& operation) { return make_date_tasks(operation, some, limit); });
    };
    while (more()) {
    }
  }
  std::vector<Ticket> tasks() {
    return as<std::vector<Ticket>>("ana", {}, [&](const Operation& operation) {
      TicketFilter filter;
      filter.kind = "task";
      return list_tickets(operation.tx, filter, {}).value().rows;
    });
  }
  Ticket finished(const Ticket& task) { return move(task, "finish", {{"outcome", "ordered"}}).value(); }

  const DateRules rules = DateRules::load(cmdb::built_in_schemas()).value();
};

TEST_F(DateTaskTest, Rule71DateThatComesMakesATaskOfItsGroup) {
  const auto ci = certificate("shop.example", 29 * day_ms);
  round();
  ASSERT_EQ(tasks().size(), 1U);
  const auto task = tasks().front();
  EXPECT_EQ(task.number, "TSK-1");
  EXPECT_EQ(task.field("group"), "security");
  EXPECT_TRUE(task.title.starts_with("Certificate shop.example ends on 20")) << task.title;
  EXPECT_FALSE(task.field("due").empty());
  const auto links = as<std::vector<TicketLink>>(
      "ana", {}, [&](const Operation& operation) { return links_of(operation.tx, task.id); });
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].ci, ci);
}

TEST_F(DateTaskTest, Rule71DateThatIsFarMakesNoneYet) {
  certificate("shop.example", 40 * day_ms);
  round();
  EXPECT_TRUE(tasks().empty());
  db.advance_ms(11 * day_ms);
  round();
  EXPECT_EQ(tasks().size(), 1U);
}

TEST_F(DateTaskTest, Rule71TaskIsMadeOnceAlsoWhenItIsDone) {
  certificate("shop.example", 29 * day_ms);
  round();
  finished(tasks().front());
  round();
  EXPECT_EQ(tasks().size(), 1U);
}

TEST_F(DateTaskTest, Rule71RenewedOneIsDoneByItself) {
  const auto ci = certificate("shop.example", 10 * day_ms);
  round();
  set_end(ci, 400 * day_ms);
  round();
  const auto task = tasks().front();
  EXPECT_EQ(task.state, "done");
  EXPECT_TRUE(task.field("outcome").starts_with("Renewed: "));
}

TEST_F(DateTaskTest, Rule71RenewedDateMakesItsOwnTaskWhenItComes) {
  const auto ci = certificate("shop.example", 10 * day_ms);
  round();
  set_end(ci, 400 * day_ms);
  round();
  db.advance_ms(380 * day_ms);
  round();
  EXPECT_EQ(tasks().size(), 2U);
}

TEST_F(DateTaskTest, Rule71DateThatMovesALittleIsToldInTheTask) {
  const auto ci = certificate("shop.example", 10 * day_ms);
  round();
  set_end(ci, 15 * day_ms);
  round();
  ASSERT_EQ(tasks().size(), 1U);
  const auto task = tasks().front();
  const auto notes = as<std::vector<Note>>(
      "ana", desk_agent, [&](const Operation& operation) { return notes_of(operation, task); });
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_TRUE(notes[0].what.text.starts_with("The date is "));
}

TEST_F(DateTaskTest, Rule71DateThatMovesALittleAfterItWasDoneMakesANewOne) {
  const auto ci = certificate("shop.example", 10 * day_ms);
  round();
  finished(tasks().front());
  set_end(ci, 15 * day_ms);
  round();
  EXPECT_EQ(tasks().size(), 2U);
}

TEST_F(DateTaskTest, Rule71TaskThatCannotBeOpenedIsTriedAgain) {
  certificate("shop.example", 10 * day_ms);
  auto broken = rules;
  for (auto& rule : broken.rules) rule.kind = "nothing";
  round_by(broken);
  EXPECT_TRUE(tasks().empty());
  round();
  EXPECT_EQ(tasks().size(), 1U);
}

TEST_F(DateTaskTest, Rule71MovedDateWhoseTaskCannotBeOpenedIsTriedAgain) {
  const auto ci = certificate("shop.example", 10 * day_ms);
  round();
  finished(tasks().front());
  set_end(ci, 15 * day_ms);
  auto broken = rules;
  for (auto& rule : broken.rules) rule.kind = "nothing";
  round_by(broken);
  EXPECT_EQ(tasks().size(), 1U);
  round();
  EXPECT_EQ(tasks().size(), 2U);
}

TEST_F(DateTaskTest, Rule71RetiredItemsAndOldDatesMakeNone) {
  certificate("gone.example", -31 * day_ms);
  const auto ci = certificate("shop.example", 10 * day_ms);
  db.write(
      [&](store::Transaction& tx) { tx.execute("update ci set stage = 'retired' where id = $1", ci.value); });
  round();
  EXPECT_TRUE(tasks().empty());
}

TEST_F(DateTaskTest, Rule71SubclassesAreMeantToo) {
  set_attributes(web01, R"({"warranty_ends":")" + in(50 * day_ms) + R"("})");
  round();
  ASSERT_EQ(tasks().size(), 1U);
  EXPECT_EQ(tasks().front().field("group"), "purchasing");
}

TEST_F(DateTaskTest, Rule71RoundOfManyPagesReachesEach) {
  for (const auto* name : {"a", "b", "b", "c", "d"}) certificate(name, 10 * day_ms);
  round(2);
  EXPECT_EQ(tasks().size(), 5U);
}

TEST_F(DateTaskTest, Rule71ValueThatIsNoDateIsLeftAlone) {
  set_attributes(db.add_ci("certificate", "odd"), R"({"not_after":"next summer"})");
  round();
  EXPECT_TRUE(tasks().empty());
}

TEST(DateRules, UnfitFilesAreRefused) {
  const auto load = [](std::string_view text) {
    const std::array files{base::EmbeddedFile{"dates.yaml", text}};
    return DateRules::load(files).has_value();
  };
  EXPECT_TRUE(load("rules:\n  - {rule: a, classes: [b], attribute: c, before: 1d, group: g, title: t}\n"));
  EXPECT_FALSE(load("rules:\n  - {rule: a, classes: [], attribute: c, before: 1d, group: g, title: t}\n"));
  EXPECT_FALSE(load("rules:\n  - {rule: a, classes: [b], attribute: c, before: soon, group: g, title: t}\n"));
  EXPECT_FALSE(load("rules:\n  - {rule: a, classes: [b], attribute: c, before: 1d, group: g}\n"));
  EXPECT_FALSE(
      load("rules:\n  - {rule: a, classes: [b], attribute: c, before: 1d, group: g, title: t}\n"
           "  - {rule: a, classes: [b], attribute: c, before: 1d, group: g, title: t}\n"));
}

// Each names a class, a date of it, and a kind of ticket that can be assigned and finished.
TEST_F(DateTaskTest, BuiltInRulesMeanWhatThereIs) {
  for (const auto& rule : rules.rules) {
    for (const auto& name : rule.classes) {
      const auto* definition = catalog.find_class(name);
      ASSERT_NE(definition, nullptr) << name;
      const auto* attribute = definition->find_attribute(rule.attribute);
      ASSERT_NE(attribute, nullptr) << rule.attribute;
      EXPECT_EQ(attribute->type, cmdb::AttributeType::date) << rule.attribute;
    }
    EXPECT_NE(kinds.find(rule.kind), nullptr) << rule.kind;
  }
}

}  // namespace
}  // namespace censo::desk
