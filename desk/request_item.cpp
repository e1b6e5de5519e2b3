#include "desk/request_item.h"

#include "base/text.h"
#include "cmdb/query.h"
#include "cmdb/schema_file.h"
#include "desk/request.h"
#include "desk/ticket.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::desk {
namespace {

using base::Errc;
using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr std::string_view folder = "tickets/catalogue/";
constexpr std::size_t most_reserved = 20, most_tasks = 50, longest_title = 200;
constexpr std::array<std::string_view, 2> agreements{"any", "all"};

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::ranges::find(list, one) != list.end();
}

bool is_step(std::string_view name) {
  return std::ranges::find(approval_fields, name) != approval_fields.end();
}

void read_approval(SchemaFile& file, SchemaMapping& mapping, RequestItem& item) {
  item.approval = mapping.optional_names("approval");
  for (const auto& step : item.approval)
    if (!is_step(step)) mapping.refuse("approval", "no step \"" + step + "\"");
  const auto* node = file.root().find("approvers");
  if (!node) return;
  SchemaMapping approvers(file, *node, {"manager", "cost_owner", "service_owner"});
  for (const auto field : approval_fields) {
    if (!approvers.has(field)) continue;
    const std::string step(field), people = approvers.text(field);
    if (people_in(people).empty() || people.size() > 1'000) approvers.refuse(field, "expected names");
    item.approvers[step] = people;
    if (!contains(item.approval, step)) item.approval.push_back(step);
  }
}

ItemTask read_task(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"task", "title", "group", "after"});
  ItemTask task{mapping.name("task"), mapping.text("title"), mapping.text("group"),
                mapping.optional_names("after")};
  if (task.title.size() > longest_title) mapping.refuse("title", "expected at most 200 bytes");
  return task;
}

// A task waits for those before it alone: no circle can be.
void read_tasks(SchemaFile& file, SchemaMapping& mapping, RequestItem& item) {
  for (const auto* node : mapping.optional_sequence("tasks")) {
    auto task = read_task(file, *node);
    if (item.find_task(task.name)) file.refuse(*node, "\"" + task.name + "\" stands twice");
    for (const auto& before : task.after)
      if (!item.find_task(before)) file.refuse(*node, "no task \"" + before + "\" stands before it");
    item.tasks.push_back(std::move(task));
    if (item.tasks.size() > most_tasks) return file.refuse(*node, "expected at most 50 tasks");
  }
}

void read_reserves(SchemaFile& file, SchemaMapping& mapping, RequestItem& item) {
  for (const auto* node : mapping.optional_sequence("reserves")) {
    SchemaMapping one(file, *node, {"reserve", "class", "items", "needed"});
    ReservedItem made{one.name("reserve"), one.name("class"), one.optional_text("items"), one.flag("needed")};
    if (!cmdb::parse_query(made.query)) one.refuse("items", "expected a query");
    if (std::ranges::any_of(item.reserves, [&](const auto& other) { return other.name == made.name; }))
      file.refuse(*node, "\"" + made.name + "\" stands twice");
    item.reserves.push_back(std::move(made));
    if (item.reserves.size() > most_reserved) return file.refuse(*node, "expected at most 20 of them");
  }
}

RequestItem read_item(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(),
                        {"item", "label", "description", "category", "approval", "approvers", "agreement",
                         "tasks", "reserves"});
  RequestItem item;
  item.name = mapping.name("item");
  if (item.name != file.stem()) mapping.refuse("item", "expected the file's name, \"" + file.stem() + "\"");
  item.label = mapping.label("label");
  item.description = mapping.label("description");
  item.category = mapping.optional_text("category");
  item.all_agree = mapping.choice("agreement", agreements, 0) == 1;
  read_approval(file, mapping, item);
  read_tasks(file, mapping, item);
  read_reserves(file, mapping, item);
  return item;
}

// By step of the item; "" where the task is not there yet.
std::map<std::string, bool> ended_tasks(const Operation& operation, const Ticket& request) {
  std::map<std::string, bool> ended;
  for (const auto& row : operation.tx.query(
           "select coalesce(fields ->> 'item_task', ''), is_open from ticket where parent = $1 "
           "and parent <> '' and kind = 'task' order by id",
           request.number))
    if (!row.text(0).empty()) ended[row.text(0)] = row.integer(1) == 0;
  return ended;
}

base::Result<void> open_task(const Operation& operation, const Ticket& request, const ItemTask& task) {
  const Act rule{operation.act.actor, "rule", operation.act.clock, {"rule"}};
  NewTicket wanted;
  wanted.kind = "task";
  wanted.title = task.title;
  wanted.description = request.number + ": " + request.title;
  wanted.requester = operation.act.actor;  // work of the desk: not among the tickets of who asked
  wanted.fields = {{"parent", request.number}, {"group", task.group}, {"item_task", task.name}};
  if (!request.field("tenant").empty()) wanted.fields["tenant"] = request.field("tenant");
  const auto opened = open_ticket(operation.tx, operation.kinds, wanted, rule);
  if (!opened) return opened.error();
  return {};
}

}  // namespace

const ItemTask* RequestItem::find_task(std::string_view task) const {
  const auto found = std::ranges::find(tasks, task, &ItemTask::name);
  return found == tasks.end() ? nullptr : &*found;
}

base::Result<RequestItems> RequestItems::load(std::span<const base::EmbeddedFile> files) {
  RequestItems all;
  for (const auto& [path, content] : files) {
    if (!path.starts_with(folder) || !path.ends_with(".yaml")) continue;
    SchemaFile file(path, content);
    auto item = read_item(file);
    if (file.fault()) return *file.fault();
    auto name = item.name;
    all.items_.emplace(std::move(name), std::move(item));
  }
  return all;
}

const RequestItems& RequestItems::built_in() {
  static const RequestItems items = load(cmdb::built_in_schemas()).value();
  return items;
}

const RequestItem* RequestItems::find(std::string_view item) const {
  const auto found = items_.find(item);
  return found == items_.end() ? nullptr : &found->second;
}

base::Result<void> complete_request(NewTicket& request) {
  const auto named = request.fields.find("item");
  if (request.kind != "request" || named == request.fields.end() || named->second.empty()) return {};
  const auto* item = RequestItems::built_in().find(named->second);
  if (!item)
    return base::fail(Errc::invalid_argument,
                      "no item \"" + base::sanitize_utf8(named->second, 60) + "\" in the catalogue",
                      "/fields/item");
  if (base::trim(request.title).empty()) request.title = item->label.en;
  if (!item->category.empty()) request.fields.try_emplace("category", item->category);
  for (const auto& [step, people] : item->approvers) request.fields[step] = people;
  request.fields["agreement"] = item->all_agree ? "all" : "any";
  for (const auto& step : item->approval) {
    const auto people = request.fields.find(step);
    if (people != request.fields.end() && !people_in(people->second).empty()) continue;
    return base::fail(Errc::invalid_argument, "expected who agrees as " + step, "/fields/" + step,
                      "MISSING_FIELD");
  }
  return {};
}

base::Result<void> open_item_tasks(const Operation& operation, const Ticket& request) {
  const auto* item = RequestItems::built_in().find(request.field("item"));
  if (!item) return {};
  const auto ended = ended_tasks(operation, request);
  const auto has_ended = [&](const std::string& name) {
    const auto found = ended.find(name);
    return found != ended.end() && found->second;
  };
  for (const auto& task : item->tasks) {
    if (ended.contains(task.name) || !std::ranges::all_of(task.after, has_ended)) continue;
    if (const auto opened = open_task(operation, request, task); !opened) return opened;
  }
  return {};
}

}  // namespace censo::desk
