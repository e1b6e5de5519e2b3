#include "cmdb/identity_figures.h"

#include "base/text.h"
#include "cmdb/id_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr std::int64_t newest = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view pending = "reviews_pending", unmerges = "unmerges", precision = "precision",
                           wrong = "precision.wrong", to_audit = "to_audit";

// Rules of identification that stand for one identifier or one fact; all others weigh.
std::string_view maker_of(std::string_view rule) {
  if (rule == "person") return "person";
  const bool fact = rule == "key" || rule == "boot_ids" || rule == "live_agent" || rule == "placeholder";
  return fact ? "rule" : "score";
}

CountedDecision decision_of(const store::Row& row) {
  CountedDecision one;
  one.id = row.integer(0);
  one.ci = CiId(row.integer(1));
  one.class_name = row.text(2);
  one.name = row.text(3);
  one.at = row.integer(4);
  one.rule = row.text(5);
  one.by = maker_of(one.rule);
  one.score = row.decimal(6);
  one.verdict = row.text(7);
  one.reason = row.text(8);
  return one;
}

using OnDecision = std::function<bool(const CountedDecision&)>;

// Reports that were linked with an item and items that were merged, newest first. What a person decides on a
// question is told by the merge that it makes.
void each_link(store::Transaction& tx, const FigureTime& time, std::int64_t before_id,
               const OnDecision& on_link) {
  tx.each(
      "select i.id, i.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), i.at, i.rule, i.score, "
      "coalesce(a.verdict, ''), coalesce(a.reason, '') from identification i left join ci c on c.id = "
      "i.ci_id left join identification_audit a on a.identification_id = i.id "
      "where i.id >= $1 and i.id < $2 and i.at >= $3 and i.at < $4 "
      "and (i.outcome = 'linked' or (i.outcome = 'merged' and i.rule <> 'person')) "
      "union all select m.id, m.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), m.at, 'person', "
      "cast(0 as double precision), '', m.reason from merge_record m left join ci c on c.id = m.ci_id "
      "where m.id >= $1 and m.id < $2 and m.at >= $3 and m.at < $4 and m.actor like 'person %' "
      "order by 1 desc",
      [&](store::Row&& row) { return on_link(decision_of(row)); }, base::lowest_id_at(time.since), before_id,
      time.since, time.until);
}

void each_review(store::Transaction& tx, std::int64_t before_id, const OnDecision& on_review) {
  tx.each(
      "select r.id, r.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), r.at, r.kind, r.score, '', '', "
      "r.other_ci_id, coalesce(o.name, ''), r.state from review r left join ci c on c.id = r.ci_id "
      "left join ci o on o.id = r.other_ci_id "
      "where r.state in ('open', 'later', 'waiting') and r.id < $1 order by r.id desc",
      [&](store::Row&& row) {
        auto one = decision_of(row);
        one.other = CiId(row.integer(9));
        one.other_name = row.text(10);
        one.by = row.text(11);
        return on_review(one);
      },
      before_id);
}

void each_unmerge(store::Transaction& tx, const FigureTime& time, std::int64_t before_id,
                  const OnDecision& on_unmerge) {
  tx.each(
      "select m.id, m.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), m.undone_at, m.actor, "
      "cast(0 as double precision), '', "
      "coalesce(m.undo_reason, ''), m.into_ci, coalesce(o.name, ''), coalesce(m.undone_by, '') "
      "from merge_record m left join ci c on c.id = m.ci_id left join ci o on o.id = m.into_ci "
      "where m.undone_at >= $1 and m.undone_at < $2 and m.id < $3 order by m.id desc",
      [&](store::Row&& row) {
        auto one = decision_of(row);
        one.other = CiId(row.integer(9));
        one.other_name = row.text(10);
        one.by = row.text(11);
        return on_unmerge(one);
      },
      time.since, time.until, before_id);
}

// Drawn links of that time.
void each_drawn(store::Transaction& tx, const FigureTime& time, std::int64_t before_id,
                const OnDecision& on_drawn) {
  tx.each(
      "select i.id, i.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), i.at, i.rule, i.score, a.verdict, "
      "a.reason from identification_audit a join identification i on i.id = a.identification_id "
      "left join ci c on c.id = i.ci_id where i.id >= $1 and i.id < $2 and i.at >= $3 and i.at < $4 "
      "order by i.id desc",
      [&](store::Row&& row) { return on_drawn(decision_of(row)); }, base::lowest_id_at(time.since), before_id,
      time.since, time.until);
}

// The share that is right and, at 95 %, between which it lies for all links (Wilson's interval).
Figure precision_figure(std::size_t right, std::size_t judged) {
  auto figure = share(std::string(precision), right, judged);
  if (judged == 0) return figure;
  constexpr double z = 1.96;
  const double n = static_cast<double>(judged), p = static_cast<double>(right) / n;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n);
  figure.values.emplace_back("least_percent", 100 * std::max(0.0, middle - reach));
  figure.values.emplace_back("most_percent", 100 * std::min(1.0, middle + reach));
  return figure;
}

// Which rows the list of a figure has; nothing: there is no such figure.
using Each = std::function<void(std::int64_t before, const OnDecision&)>;
Each rows_of(store::Transaction& tx, std::string_view figure, const FigureTime& time) {
  const auto drawn_with = [&tx, time](std::string_view verdict) {
    return [&tx, time, verdict](std::int64_t before, const OnDecision& on_one) {
      each_drawn(tx, time, before,
                 [&](const CountedDecision& one) { return one.verdict != verdict || on_one(one); });
    };
  };
  if (figure == pending)
    return [&tx](std::int64_t before, const OnDecision& on_one) { each_review(tx, before, on_one); };
  if (figure == unmerges)
    return [&tx, time](std::int64_t before, const OnDecision& on_one) {
      each_unmerge(tx, time, before, on_one);
    };
  if (figure == precision) return drawn_with("right");
  if (figure == wrong) return drawn_with("wrong");
  if (figure == to_audit) return drawn_with("");
  for (const std::string_view maker : {"rule", "score", "person"}) {
    if (figure != "links." + std::string(maker)) continue;
    return [&tx, time, maker](std::int64_t before, const OnDecision& on_one) {
      each_link(tx, time, before, [&](const CountedDecision& one) { return one.by != maker || on_one(one); });
    };
  }
  return {};
}

}  // namespace

std::vector<Figure> identity_figures(store::Transaction& tx, const FigureTime& time, base::TimeMs now) {
  std::size_t by_rule = 0, by_score = 0, by_person = 0;
  each_link(tx, time, newest, [&](const CountedDecision& one) {
    ++(one.by == "rule" ? by_rule : one.by == "score" ? by_score : by_person);
    return true;
  });
  std::size_t undone = 0, right = 0, judged = 0, drawn = 0;
  each_unmerge(tx, time, newest, [&](const CountedDecision&) { return ++undone > 0; });
  std::vector<base::TimeMs> waits;
  each_review(tx, newest, [&](const CountedDecision& one) {
    waits.push_back(now - one.at);
    return true;
  });
  each_drawn(tx, time, newest, [&](const CountedDecision& one) {
    ++drawn;
    if (!one.verdict.empty()) ++judged;
    if (one.verdict == "right") ++right;
    return true;
  });
  const auto links = by_rule + by_score + by_person;
  return {share("links.rule", by_rule, links),
          share("links.score", by_score, links),
          share("links.person", by_person, links),
          percentiles(std::string(pending), std::move(waits)),
          {std::string(unmerges), "count", undone, undone},
          precision_figure(right, judged),
          share(std::string(wrong), judged - right, judged),
          share(std::string(to_audit), drawn - judged, drawn)};
}

base::Result<Page<CountedDecision>> decisions_of_figure(store::Transaction& tx, std::string_view figure,
                                                        const FigureTime& time, const PageRequest& request) {
  const auto before = position_of(request, newest);
  if (!before) return before.error();
  const auto rows = rows_of(tx, figure, time);
  if (!rows)
    return base::fail(Errc::not_found,
                      "no figure of identification \"" + base::sanitize_utf8(figure, 60) + "\"");
  Page<CountedDecision> page;
  rows(*before, [&](const CountedDecision& one) {
    page.rows.push_back(one);
    return page.rows.size() <= request.limit;
  });
  cut(page, request);
  return page;
}

std::size_t draw_audit_sample(store::Transaction& tx, const FigureTime& time, std::size_t size,
                              const AuditAct& act) {
  std::mt19937_64 random{std::random_device{}()};
  std::vector<CountedDecision> sample;
  std::size_t seen = 0;
  std::vector<std::int64_t> known;  // newest first, as the links come
  each_drawn(tx, time, newest, [&](const CountedDecision& one) {
    known.push_back(one.id);
    return true;
  });
  each_link(tx, time, newest, [&](const CountedDecision& one) {
    const bool drawn = std::binary_search(known.begin(), known.end(), one.id, std::greater());
    if (one.by == "person" || drawn) return true;
    ++seen;
    if (sample.size() < size) {
      sample.push_back(one);
      return true;
    }
    const auto place = std::uniform_int_distribution<std::size_t>(0, seen - 1)(random);
    if (place < size) sample[place] = one;
    return true;
  });
  for (const auto& one : sample) {
    tx.execute(
        "insert into identification_audit (identification_id, ci_id, drawn_at, drawn_by, verdict, "
        "decided_at, decided_by, reason) values ($1, $2, $3, $4, '', 0, '', '')",
        one.id, one.ci.value, act.now, act.actor);
  }
  return sample.size();
}

base::Result<CountedDecision> judge_link(store::Transaction& tx, std::string_view id,
                                         std::string_view verdict, const std::string& reason,
                                         const AuditAct& act) {
  const auto link = base::id_from_text(id);
  const auto number = link ? *link : 0;
  const auto known = tx.query_one("select 1 from identification_audit where identification_id = $1", number);
  if (!known) return base::fail(Errc::not_found, "no drawn link " + base::sanitize_utf8(id, 40));
  if (verdict != "right" && verdict != "wrong")
    return base::fail(Errc::invalid_argument, "expected right or wrong", "verdict");
  if (verdict == "wrong" && base::trim(reason).empty())
    return base::fail(Errc::invalid_argument, "expected what is wrong", "reason");
  tx.execute(
      "update identification_audit set verdict = $2, reason = $3, decided_at = $4, decided_by = $5 "
      "where identification_id = $1",
      number, verdict, reason, act.now, act.actor);
  const auto row = tx.query_one(
      "select i.id, i.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), i.at, i.rule, i.score, a.verdict, "
      "a.reason from identification_audit a join identification i on i.id = a.identification_id "
      "left join ci c on c.id = i.ci_id where a.identification_id = $1",
      number);
  return decision_of(*row);
}

}  // namespace censo::cmdb
