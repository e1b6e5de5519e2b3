// The catalogue of requests: service-desk rules 19 and 21.
#include "desk/request_item.h"
#include "tests/desk/desk_fixture.h"

#include <array>

namespace censo::desk {
namespace {

using base::Errc;
using Names = std::vector<std::string>;

base::Result<RequestItems> load(std::string_view yaml) {
  const std::array files{base::EmbeddedFile{"tickets/catalogue/phone.yaml", yaml}};
  return RequestItems::load(files);
}
const std::string head = "item: phone\nlabel: {en: P, es: T}\ndescription: {en: P, es: T}\n";

TEST(RequestItems, BuiltInOnesAreSound) {
  const auto* laptop = RequestItems::built_in().find("new_laptop");
  ASSERT_NE(laptop, nullptr);
  EXPECT_EQ(laptop->approval, (Names{"manager", "cost_owner"}));
  EXPECT_EQ(laptop->find_task("hand_over")->after, (Names{"prepare", "account"}));
}

TEST(RequestItems, FixedApproversAreAStepOfTheirOwn) {
  const auto items = load(head + "approvers: {service_owner: \"mia, eva\"}\nagreement: all\n").value();
  EXPECT_EQ(items.find("phone")->approval, Names{"service_owner"});
  EXPECT_TRUE(items.find("phone")->all_agree);
}

TEST(RequestItems, WhatIsNoneIsRefusedWithItsLine) {
  EXPECT_EQ(load(head + "colour: red\n").error().code, Errc::malformed);
  EXPECT_FALSE(load("item: tablet\nlabel: {en: P, es: T}\ndescription: {en: P, es: T}\n"));
  EXPECT_FALSE(load(head + "approval: [king]\n"));
  EXPECT_FALSE(load(head + "approvers: {manager: \",\"}\n"));
  EXPECT_FALSE(load(head + "agreement: most\n"));
}

TEST(RequestItems, ATaskWaitsForThoseBeforeItAlone) {
  const auto with = [](const std::string& tasks) { return load(head + "tasks:\n" + tasks); };
  EXPECT_TRUE(with("  - {task: a, title: A, group: g}\n  - {task: b, title: B, group: g, after: [a]}\n"));
  EXPECT_FALSE(with("  - {task: a, title: A, group: g, after: [b]}\n  - {task: b, title: B, group: g}\n"));
  EXPECT_FALSE(with("  - {task: a, title: A, group: g, after: [a]}\n"));
  EXPECT_FALSE(with("  - {task: a, title: A, group: g}\n  - {task: a, title: B, group: g}\n"));
}

class Catalogue : public DeskTest {
 protected:
  base::Result<Ticket> ask(const std::string& item, FieldValues fields = {}) {
    NewTicket wanted;
    wanted.kind = "request";
    wanted.requester = "luis";
    fields["item"] = item;
    wanted.fields = fields;
    if (const auto complete = complete_request(wanted); !complete) return complete.error();
    return open_with(wanted);
  }
  // The open tasks, by their name in the item.
  Names open_tasks() {
    Names names;
    db.write([&](store::Transaction& tx) {
      for (const auto& row : tx.query("select fields ->> 'item_task' from ticket where kind = 'task' "
                                      "and is_open = 1 order by id"))
        names.push_back(row.text(0));
    });
    return names;
  }
  void finish(const std::string& name, const std::string& event = "finish") {
    std::string number;
    db.write([&](store::Transaction& tx) {
      number =
          tx.query_one("select number from ticket where kind = 'task' and fields ->> 'item_task' = $1", name)
              ->text(0);
    });
    Ticket task;
    task.number = number;
    if (event == "finish")
      move(task, event, {{"outcome", "done"}}).value();
    else
      move(task, event, {{"reason", "not needed"}}).value();
  }
  Ticket begun() {
    const auto request = ask("new_laptop", {{"manager", "mia"}, {"cost_owner", "eva"}}).value();
    move_as("luis", {}, request, {"submit", {}, 0}).value();
    move_as("mia", {}, request, {"approve", {}, 0}).value();
    move_as("eva", {}, request, {"approve", {}, 0}).value();
    return move(request, "start", {{"group", "desktops"}}).value();
  }
};

TEST_F(Catalogue, Rule19TheItemSaysWhatItIsAndWhoIsAsked) {
  const auto request = ask("new_laptop", {{"manager", "mia"}, {"cost_owner", "eva"}}).value();
  EXPECT_EQ(request.title, "A new laptop");
  EXPECT_EQ(request.field("category"), "hardware");
  EXPECT_EQ(request.field("agreement"), "any");
}

TEST_F(Catalogue, Rule19AStepThatNobodyIsNamedForIsRefused) {
  const auto refused = ask("new_laptop", {{"manager", "mia"}});
  EXPECT_EQ(refused.error().where, "/fields/cost_owner");
  EXPECT_EQ(refused.error().reason, "MISSING_FIELD");
}

TEST_F(Catalogue, Rule19StepsComeInOrder) {
  const auto request = ask("new_laptop", {{"manager", "mia"}, {"cost_owner", "eva"}}).value();
  move_as("luis", {}, request, {"submit", {}, 0}).value();
  EXPECT_EQ(now(request).field("approval_step"), "manager");
  move_as("mia", {}, request, {"approve", {}, 0}).value();
  EXPECT_EQ(now(request).field("approval_step"), "cost_owner");
}

TEST_F(Catalogue, Rule19WhatWasEditedAwayIsStillAskedFor) {
  const auto request = ask("access", {{"manager", "mia"}}).value();
  as<base::Result<Ticket>>("luis", {}, [&](const Operation& operation) {
    return edit_ticket(operation, find_ticket(operation.tx, request.number).value(),
                       {{}, {}, {{"manager", ""}}, request.version});
  }).value();
  EXPECT_EQ(refusal(move(request, "accept")), "conflict APPROVAL_NEEDED");
}

TEST_F(Catalogue, Rule19AnItemThatNeedsNobodyIsAccepted) {
  EXPECT_EQ(move(ask("password").value(), "accept").value().state, "approved");
}

TEST_F(Catalogue, Rule21TasksBeginSideBySide) {
  begun();
  EXPECT_EQ(open_tasks(), (Names{"order", "account"}));
}

TEST_F(Catalogue, Rule21TheNextBeginWhenThoseBeforeThemHaveEnded) {
  begun();
  finish("order");
  EXPECT_EQ(open_tasks(), (Names{"account", "prepare"}));
  finish("prepare");
  EXPECT_EQ(open_tasks(), Names{"account"}) << "hand_over waits for both";
  finish("account", "cancel");
  EXPECT_EQ(open_tasks(), Names{"hand_over"}) << "one that is not needed keeps nobody waiting";
}

TEST_F(Catalogue, Rule21ATaskGoesToItsGroupAndHangsOnTheRequest) {
  const auto request = begun();
  db.write([&](store::Transaction& tx) {
    const auto task = find_ticket(tx, "TSK-1").value();
    EXPECT_EQ(task.field("group"), "purchasing");
    EXPECT_EQ(task.field("parent"), request.number);
    EXPECT_EQ(task.title, "Order the laptop");
  });
}

TEST_F(Catalogue, Rule22ItIsFulfilledWhenAllTasksAreDone) {
  const auto request = begun();
  for (const auto* name : {"order", "account", "prepare"}) {
    finish(name);
    EXPECT_EQ(refusal(move(request, "fulfil", {{"fulfilment", "done"}})), "conflict TASKS_OPEN") << name;
  }
  finish("hand_over");
  EXPECT_EQ(move(request, "fulfil", {{"fulfilment", "done"}}).value().state, "fulfilled");
}

TEST_F(Catalogue, AnUnknownItemIsRefused) {
  EXPECT_EQ(ask("moon").error().where, "/fields/item");
}

}  // namespace
}  // namespace censo::desk
