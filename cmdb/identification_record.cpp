#include "cmdb/identification_record.h"

#include "base/text.h"
#include "cmdb/merge.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace censo::cmdb {
namespace {

namespace json = boost::json;

constexpr std::size_t most_candidates = 4, most_lines = 24, most_text = 160;
constexpr std::int64_t most_records = 50;

double rounded(double value) {
  return std::round(value * 100) / 100;
}

std::string cut(const std::string& text) {
  return base::sanitize_utf8(text, most_text);
}

json::object line_to_json(const EvidenceLine& line) {
  json::object object{{"i", line.identifier}, {"v", cut(line.value)}, {"w", rounded(line.weight)}};
  if (line.carriers > 0) object["n"] = line.carriers;
  if (!line.other_value.empty()) object["o"] = cut(line.other_value);
  return object;
}

EvidenceLine line_from_json(const json::object& object) {
  EvidenceLine line{json::value_to<std::string>(object.at("i")), json::value_to<std::string>(object.at("v")),
                    "", 0, object.at("w").to_number<double>()};
  if (const auto* other = object.if_contains("o")) line.other_value = json::value_to<std::string>(*other);
  if (const auto* carriers = object.if_contains("n")) line.carriers = carriers->to_number<std::size_t>();
  return line;
}

json::object candidate_to_json(const Candidate& candidate) {
  json::array lines;
  for (std::size_t i = 0; i < std::min(candidate.lines.size(), most_lines); ++i)
    lines.push_back(line_to_json(candidate.lines[i]));
  return {{"ci", base::to_text(candidate.ci)},
          {"root", base::to_text(candidate.root)},
          {"class", candidate.class_name},
          {"name", cut(candidate.name)},
          {"score", rounded(candidate.score)},
          {"vetoed", candidate.vetoed},
          {"rule", candidate.rule},
          {"lines", std::move(lines)}};
}

Candidate candidate_from_json(const json::object& object) {
  const auto text = [&](const char* name) { return json::value_to<std::string>(object.at(name)); };
  const auto id = [&](const char* name) {
    const auto number = base::id_from_text(text(name));
    return number ? CiId(*number) : CiId();
  };
  Candidate candidate{id("ci"),
                      id("root"),
                      text("class"),
                      text("name"),
                      object.at("score").to_number<double>(),
                      object.at("vetoed").as_bool(),
                      false,
                      text("rule"),
                      {}};
  for (const json::value& line : object.at("lines").as_array())
    candidate.lines.push_back(line_from_json(line.as_object()));
  return candidate;
}

}  // namespace

std::string to_json(const Explanation& explanation) {
  json::array candidates;
  for (std::size_t i = 0; i < std::min(explanation.candidates.size(), most_candidates); ++i)
    candidates.push_back(candidate_to_json(explanation.candidates[i]));
  json::object object{
      {"outcome", explanation.outcome}, {"rule", explanation.rule}, {"text", explanation.text}};
  if (explanation.link > 0) {
    object["link"] = explanation.link;
    object["review"] = explanation.review;
  }
  if (!candidates.empty()) object["candidates"] = std::move(candidates);
  if (!explanation.dropped.empty()) object["dropped"] = json::value_from(explanation.dropped);
  return json::serialize(object);
}

Explanation explanation_from_json(std::string_view text) {
  const json::value value = json::parse(text);
  const json::object& object = value.as_object();
  Explanation explanation;
  explanation.outcome = json::value_to<std::string>(object.at("outcome"));
  explanation.rule = json::value_to<std::string>(object.at("rule"));
  explanation.text = json::value_to<std::string>(object.at("text"));
  if (const auto* link = object.if_contains("link")) {
    explanation.link = link->to_number<double>();
    explanation.review = object.at("review").to_number<double>();
  }
  if (const auto* candidates = object.if_contains("candidates")) {
    for (const json::value& one : candidates->as_array())
      explanation.candidates.push_back(candidate_from_json(one.as_object()));
  }
  if (const auto* dropped = object.if_contains("dropped"))
    explanation.dropped = json::value_to<std::vector<std::string>>(*dropped);
  return explanation;
}

void record_identification(store::Transaction& tx, const base::Clock& clock, const DecisionPlace& place,
                           const Explanation& explanation) {
  const double score = explanation.candidates.empty() ? 0 : explanation.candidates.front().score;
  tx.execute(
      "insert into identification (id, ci_id, source_id, at, outcome, rule, score, explanation)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      base::next_id(clock), place.ci.value,
      place.source ? std::optional(place.source.value) : std::optional<std::int64_t>(), place.at,
      explanation.outcome, explanation.rule, score, to_json(explanation));
}

std::vector<IdentificationRecord> identifications_of(store::Transaction& tx, CiId ci) {
  std::vector<IdentificationRecord> records;
  for (const CiId member : members_of(tx, ci)) {
    for (const store::Row& row : tx.query(
             "select i.id, i.ci_id, i.at, i.score, i.explanation, o.kind, o.native_id from identification i"
             " left join ci_source s on s.id = i.source_id left join origin o on o.id = s.origin_id"
             " where i.ci_id = $1 order by i.id desc limit $2",
             member.value, most_records)) {
      const std::string kind = row.maybe_text(5).value_or("");
      records.push_back({row.integer(0), CiId(row.integer(1)), row.integer(2),
                         kind.empty() ? "" : kind + " " + row.maybe_text(6).value_or(""), 0,
                         explanation_from_json(row.text(4))});
      if (!records.back().explanation.candidates.empty())
        records.back().score = records.back().explanation.candidates.front().score;
    }
  }
  std::ranges::sort(records, std::ranges::greater(), &IdentificationRecord::id);
  if (records.size() > static_cast<std::size_t>(most_records)) records.resize(most_records);
  return records;
}

}  // namespace censo::cmdb
