#include "cmdb/impact.h"

#include "base/digest.h"
#include "base/text.h"
#include "cmdb/as_of.h"
#include "cmdb/class_catalog.h"
#include "cmdb/tenant.h"
#include "collector/json_body.h"
#include "collector/json_text.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>
#include <tuple>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::size_t most_items = 10'000;  // of one answer
constexpr std::size_t most_failed = 1'000;
constexpr std::size_t names_in_group = 5;

// A question as it comes in a query or in a body.
struct Asked {
  cmdb::ImpactQuestion question;
  std::optional<std::size_t> group;  // more similar items than this are shown as one
  std::size_t limit = most_items;
  std::string after;
  bool paths = true;
};

base::Result<std::size_t> number_of(const Request& request, std::string_view name, std::size_t most) {
  const auto text = request.query_or(name, "");
  const auto number = base::parse_integer(text);
  if (number && *number >= 1 && *number <= static_cast<std::int64_t>(most))
    return static_cast<std::size_t>(*number);
  return base::fail(
      Errc::invalid_argument,
      "expected a number from 1 to " + std::to_string(most) + ", found \"" + text.substr(0, 20) + "\"",
      std::string(name));
}

// The query's part of a question; a body's members are put into a query first.
base::Result<Asked> asked_of(const Request& request, const base::Clock& clock) {
  Asked asked;
  const auto direction = request.query_or("direction", "downstream");
  if (direction != "downstream" && direction != "upstream")
    return base::fail(Errc::invalid_argument, "expected downstream or upstream", "direction");
  if (direction == "upstream") asked.question.direction = cmdb::Direction::upstream;
  const auto at = moment_of(request, clock);
  if (!at) return at.error();
  asked.question.at = *at;
  const auto paths = request.query_or("paths", "true");
  if (paths != "true" && paths != "false")
    return base::fail(Errc::invalid_argument, "expected true or false", "paths");
  asked.paths = paths == "true";
  asked.after = request.query_or("after", "");
  const auto take = [&](std::string_view name, std::size_t most, auto& into) -> base::Result<void> {
    if (!request.query.contains(name)) return {};
    const auto number = number_of(request, name, most);
    if (!number) return number.error();
    into = *number;
    return {};
  };
  if (const auto taken = take("depth", 100, asked.question.limits.max_depth); !taken) return taken.error();
  if (const auto taken = take("group", 100'000, asked.group); !taken) return taken.error();
  if (const auto taken = take("limit", most_items, asked.limit); !taken) return taken.error();
  return asked;
}

void write_ci(JsonText& text, const cmdb::ImpactedCi& item) {
  text.member("id", base::to_text(item.id)).member("class", item.class_name).member("name", item.name);
}

void write_through(JsonText& text, const cmdb::ImpactedCi& item) {
  text.key("through").open('{');
  text.member("id", base::to_text(item.through)).member("name", item.through_name).close('}');
  text.member("relation", item.relation);
}

void write_path(JsonText& text, const cmdb::Impact& impact, const cmdb::ImpactedCi& item) {
  text.key("path").open('[');
  for (const auto* step : impact.path_to(item)) {
    text.open('{').member("id", base::to_text(step->id)).member("name", step->name);
    text.member("reason", step->reason).close('}');
  }
  text.close(']');
}

void write_item(JsonText& text, const cmdb::Impact& impact, const cmdb::ImpactedCi& item, bool with_path) {
  text.open('{');
  write_ci(text, item);
  text.member("depth", item.depth).member("verdict", cmdb::name_of(item.verdict));
  write_through(text, item);
  text.member("reason", item.reason);
  if (with_path) write_path(text, impact, item);
  text.close('}');
}

void write_group(JsonText& text, const cmdb::Impact& impact, const std::vector<std::size_t>& group) {
  const auto& first = impact.items[group.front()];
  text.open('{').member("class", first.class_name).member("verdict", cmdb::name_of(first.verdict));
  text.member("depth", first.depth);
  write_through(text, first);
  text.member("count", group.size()).key("names").open('[');
  for (std::size_t i = 0; i < std::min(names_in_group, group.size()); ++i)
    text.value(impact.items[group[i]].name);
  text.close(']').close('}');
}

using Position = std::tuple<std::size_t, std::string, cmdb::CiId>;  // as items are sorted

std::string cursor_of(const cmdb::ImpactedCi& item) {
  const std::string text = std::to_string(item.depth) + "\n" + base::to_text(item.id) + "\n" + item.name;
  return base::to_base64url(base::Bytes(text.begin(), text.end()));
}

base::Result<Position> position_of(const std::string& cursor) {
  const auto bytes = base::from_base64url(cursor);
  const std::string text = bytes ? std::string(bytes->begin(), bytes->end()) : "";
  const auto first = text.find('\n'),
             second = first == std::string::npos ? first : text.find('\n', first + 1);
  const auto bad = base::fail(Errc::malformed, "expected a cursor of this answer", "after");
  if (second == std::string::npos) return bad;
  const auto depth = base::parse_unsigned(text.substr(0, first));
  const auto id = base::id_from_text(text.substr(first + 1, second - first - 1));
  if (!depth || !id) return bad;
  return Position(static_cast<std::size_t>(*depth), text.substr(second + 1), cmdb::CiId(*id));
}

// Writes the groups, and marks whom they stand for.
void write_groups(JsonText& text, const cmdb::Impact& impact, std::size_t threshold,
                  std::vector<bool>& hidden) {
  text.key("groups").open('[');
  for (const auto& group : cmdb::similar_items(impact, threshold)) {
    write_group(text, impact, group);
    for (const std::size_t place : group) hidden[place] = true;
  }
  text.close(']');
}

base::Result<std::size_t> first_after(const cmdb::Impact& impact, const std::string& cursor) {
  if (cursor.empty()) return std::size_t{0};
  const auto position = position_of(cursor);
  if (!position) return position.error();
  const auto seen = [&position](const cmdb::ImpactedCi& item) {
    return Position(item.depth, item.name, item.id) <= *position;
  };
  return static_cast<std::size_t>(std::ranges::partition_point(impact.items, seen) - impact.items.begin());
}

base::Result<Response> answer(const cmdb::Impact& impact, const Asked& asked) {
  const auto first = first_after(impact, asked.after);
  if (!first) return first.error();
  std::vector<bool> hidden(impact.items.size(), false);
  JsonText text;
  text.open('{');
  if (asked.group) write_groups(text, impact, *asked.group, hidden);
  text.key("items").open('[');
  std::size_t at = *first;
  for (std::size_t shown = 0; at < impact.items.size() && shown < asked.limit; ++at) {
    if (hidden[at]) continue;
    write_item(text, impact, impact.items[at], asked.paths);
    ++shown;
  }
  text.close(']').key("failed").open('[');
  for (const auto& item : impact.failed) {
    text.open('{');
    write_ci(text, item);
    text.close('}');
  }
  text.close(']').key("counts").open('{');
  text.member("down", impact.down).member("degraded", impact.degraded).close('}');
  text.member("truncated", impact.truncated);
  if (at < impact.items.size()) text.member("next", cursor_of(impact.items[at - 1]));
  text.close('}');
  return Response::ok(std::move(text).take());
}

// As it was known then, where a moment is asked about.
base::Result<cmdb::ConfigurationItem> resolve(const Services& services, Transaction& tx,
                                              std::string_view name, const cmdb::Moment& at) {
  return at ? cmdb::resolve_ci(tx, name, cmdb::AsOf{services.catalog, *at}) : cmdb::resolve_ci(tx, name);
}

// What is the tenant's own (rule 75), and of what lies between without its name.
void keep_told(Transaction& tx, std::string_view tenant, cmdb::Impact& impact) {
  cmdb::OwnItems own(tx, tenant);
  std::erase_if(impact.items, [&](const auto& item) { return !own.has(item.id); });
  impact.down = impact.degraded = 0;
  for (auto& item : impact.items) {
    ++(item.verdict == cmdb::Verdict::down ? impact.down : impact.degraded);
    if (own.has(item.through)) continue;
    item.through = {};
    item.through_name.clear();
    item.reason.clear();
  }
}

base::Result<Response> of_one(const Services& services, Transaction& tx, const Request& request) {
  auto asked = asked_of(request, services.clock);
  if (!asked) return asked.error();
  const auto item = resolve(services, tx, request.parameter("id"), asked->question.at);
  if (!item) return item.error();
  asked->question.failed = {item->id};
  auto found = cmdb::impact(tx, {services.graph, services.catalog}, asked->question);
  if (const auto& tenant = request.caller.tenant; !tenant.empty()) {
    keep_told(tx, tenant, found);
    asked->paths = false;
  }
  return answer(found, *asked);
}

// Items that a body or query names, all as they were known at the same moment.
class Named {
 public:
  Named(const Services& services, Transaction& tx, const cmdb::Moment& at)
      : services_(services), tx_(tx), at_(at) {}

  base::Result<std::vector<cmdb::CiId>> resolve_all(const std::vector<std::string>& names,
                                                    const std::string& field) {
    std::vector<cmdb::CiId> ids;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto item = resolve(services_, tx_, names[i], at_);
      if (!item) return refusal(item.error(), "/" + field + "/" + std::to_string(i));
      ids.push_back(item->id);
    }
    return ids;
  }

 private:
  static base::Error refusal(const base::Error& why, std::string where) {
    if (why.code == Errc::expired) return base::fail(why.code, why.message, std::move(where), why.reason);
    const auto* reason = why.code == Errc::conflict ? "CI_AMBIGUOUS" : "CI_NOT_FOUND";
    return base::fail(Errc::invalid_argument, why.message, std::move(where), reason);
  }

  const Services& services_;
  Transaction& tx_;
  const cmdb::Moment at_;
};

base::Result<Response> of_several(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request,
                {"failed", "excluded", "direction", "at", "depth", "group", "limit", "after", "paths"});
  const auto failed = body.text_list("failed", most_failed, 200);
  const auto excluded = body.text_list("excluded", most_failed, 200);
  Request options;
  for (const std::string_view name : {"direction", "at", "after", "paths"}) {
    const auto text = body.text_or(name, 2'000, "");
    if (!text.empty()) options.query.emplace(name, text);
  }
  for (const std::string_view name : {"depth", "group", "limit"}) {
    const auto number = body.integer_or(name, 1, 100'000, 0);
    if (number > 0) options.query.emplace(name, std::to_string(number));
  }
  if (failed.empty()) body.refuse("failed", "expected at least one item", "MISSING_FIELD");
  if (const auto fault = body.fault()) return *fault;
  auto asked = asked_of(options, services.clock);
  if (!asked) return asked.error();
  Named named(services, tx, asked->question.at);
  const auto failed_ids = named.resolve_all(failed, "failed");
  if (!failed_ids) return failed_ids.error();
  const auto sound_ids = named.resolve_all(excluded, "excluded");
  if (!sound_ids) return sound_ids.error();
  asked->question.failed = *failed_ids;
  asked->question.sound = *sound_ids;
  return answer(cmdb::impact(tx, {services.graph, services.catalog}, asked->question), *asked);
}

base::Result<Response> single_points(const Services& services, Transaction& tx, const Request& request) {
  cmdb::SinglePointQuestion question;
  question.class_name = request.query_or("class", "");
  if (!question.class_name.empty() && !services.catalog.find_class(question.class_name))
    return base::fail(Errc::invalid_argument, "no class \"" + question.class_name.substr(0, 64) + "\"",
                      "class");
  const auto at = moment_of(request, services.clock);
  if (!at) return at.error();
  question.at = *at;
  const auto ci = request.query_or("ci", "");
  if (ci.empty() == question.class_name.empty())
    return base::fail(Errc::invalid_argument, "expected either ci or class", "ci");
  if (!ci.empty()) {
    const auto names = base::split(ci, ',');
    const auto ids = Named(services, tx, question.at).resolve_all({names.begin(), names.end()}, "ci");
    if (!ids) return ids.error();
    question.cis = *ids;
  }
  const auto report = cmdb::single_points(tx, {services.graph, services.catalog}, question);
  json::array items;
  for (const auto& point : report.items) {
    auto object = json_ci(point.id, point.class_name, point.name);
    object["takes_down"] = point.takes_down;
    object["names"] = json::value_from(point.names);
    items.push_back(std::move(object));
  }
  return Response::ok(json::serialize(json::object{{"items", std::move(items)},
                                                   {"asked", report.asked},
                                                   {"tried", report.tried},
                                                   {"truncated", report.truncated}}));
}

}  // namespace

Routes impact(const Services& services) {
  const auto with = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/cis/{id}/impact",
       Role::viewer,
       Access::read,
       "What its failure harms, or what it needs",
       {"direction", "at", "depth", "group", "limit", "after", "paths"},
       with(of_one)},
      {"POST",
       "/api/v1/impact",
       Role::viewer,
       Access::read,
       "What if all of these fail at once",
       {},
       with(of_several)},
      {"GET",
       "/api/v1/impact/single-points",
       Role::viewer,
       Access::read,
       "Which single items take these down",
       {"ci", "class", "at"},
       with(single_points)},
  };
}

}  // namespace censo::collector::api
