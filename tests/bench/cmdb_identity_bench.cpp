// How well the CMDB tells machines apart, measured on a simulated fleet against the truth, beside the rules
// of other systems on the same reports: docs/identification-measured.md. `cmdb_identity_bench [MACHINES
// [MONTHS [SEED]]]`.
#include "base/text.h"
#include "tests/bench/number.h"
#include "tests/fleet/baselines.h"
#include "tests/fleet/censo_engine.h"
#include "tests/fleet/measure.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace censo::fleet {
namespace {

Settings settings_of(int count, char** arguments) {
  Settings settings;
  const auto number = [&](int at, std::uint64_t otherwise) {
    return at < count ? base::parse_unsigned(arguments[at]).value_or(otherwise) : otherwise;
  };
  settings.machines = number(1, settings.machines);
  settings.months = static_cast<int>(number(2, 12));
  settings.seed = number(3, settings.seed);
  return settings;
}

void print_wrong(const char* what, const std::map<Happening, Wrong>& wrong) {
  for (const auto& [cause, of_cause] : wrong) {
    std::printf("  %s, %-26s %7zu pairs %6zu assets\n", what, std::string(name_of(cause)).c_str(),
                of_cause.pairs, of_cause.assets);
    for (const std::string& example : of_cause.examples) std::printf("    %s\n", example.c_str());
  }
}

void print_scores(const std::vector<Score>& scores, const Settings& settings) {
  std::printf("%-22s %12s %12s %10s %10s %10s %10s\n", "engine", "precision", "recall", "reviews", "items",
              "merges", "splits");
  std::printf("%-22s %11s%% %11s%% %10.0f\n", "goal", ">= 99.99", ">= 99.9",
              0.001 * static_cast<double>(settings.machines));
  for (const Score& score : scores) {
    std::printf("%-22s %11.4f%% %11.4f%% %10zu %10zu %10zu %10zu\n", score.engine.c_str(),
                100 * score.precision(), 100 * score.recall(), score.reviews, score.items, score.wrong_pairs,
                score.missed_pairs);
  }
}

// `scores`: Censo's, the baselines', and Censo's once people have decided.
void print_goals(const std::vector<Score>& scores, const Settings& settings) {
  const auto others = [&](auto&& figure) {
    std::string told;
    for (std::size_t i = 1; i + 1 < scores.size(); ++i)
      told += (i == 1 ? "" : ", ") + scores[i].engine + " " + bench::shown(figure(scores[i])) + " %";
    return told;
  };
  const auto precision = [](const Score& score) { return 100 * score.precision(); };
  const auto recall = [](const Score& score) { return 100 * score.recall(); };
  const auto reviews = [&](const Score& score) {
    return 100 * static_cast<double>(score.reviews) / static_cast<double>(settings.machines);
  };
  const std::string fleet =
      std::to_string(settings.machines) + " machines, " + std::to_string(settings.months) + " months: ";
  const auto print = [&](const char* what, auto&& figure, double goal, bool at_least) {
    bench::print_number(
        {(fleet + what).c_str(), figure(scores.front()), "%", goal, at_least, others(figure)});
  };
  print("precision", precision, 99.99, true);
  print("recall", recall, 99.9, true);
  print("reviews, share of machines", reviews, 0.1, false);
}

void run(const Settings& settings) {
  using Time = std::chrono::steady_clock;
  const char* path = std::getenv("CENSO_FLEET_DATABASE");  // to look into it afterwards
  CensoEngine censo(path ? path : ":memory:");
  std::vector<Measurement> measurements;
  for (Engine& engine : std::vector<Engine>{censo.engine(), glpi_rules(), ocs_rules(), ire_rules()})
    measurements.emplace_back(std::move(engine));
  const auto start = Time::now();
  Time::duration in_censo{};
  const auto report = [&](const Sighting& sighting) {
    const auto before = Time::now();
    measurements.front().take(sighting);
    in_censo += Time::now() - before;
    for (std::size_t i = 1; i < measurements.size(); ++i) measurements[i].take(sighting);
  };
  const auto ended = [&](std::size_t record) {
    for (Measurement& measurement : measurements) measurement.end(record);
  };
  const Truth truth = simulate(settings, {report, ended});
  std::vector<Score> scores;
  for (const Measurement& measurement : measurements) scores.push_back(measurement.score(truth));
  const auto questions = censo.open_questions();
  censo.decide_reviews(
      [&](std::int64_t a, std::int64_t b) { return measurements.front().is_same_asset(truth, a, b); });
  scores.push_back(measurements.front().score(truth));
  scores.back().engine = "Censo, then decided";
  const auto seconds = [](Time::duration time) { return std::chrono::duration<double>(time).count(); };
  std::printf(
      "%zu machines, %d months, seed %llu: %zu assets, %zu records, %zu reports (%zu refused), %.0f s, of "
      "which "
      "%.0f s in the CMDB\n",
      settings.machines, settings.months, static_cast<unsigned long long>(settings.seed), truth.assets.size(),
      truth.records.size(), scores.front().reports, scores.front().refused, seconds(Time::now() - start),
      seconds(in_censo));
  if (!censo.last_refusal().empty()) std::printf("  last refusal: %s\n", censo.last_refusal().c_str());
  print_scores(scores, settings);
  print_goals(scores, settings);
  std::printf("Censo's errors by what explains them best:\n");
  print_wrong("merged", scores.front().merges);
  print_wrong("split", scores.front().splits);
  std::printf("What waits for people:\n");
  for (const std::string& question : questions) std::printf("  %s\n", question.c_str());
  std::printf("What happened:\n");
  for (std::size_t i = 0; i < happening_count; ++i)
    std::printf("  %-26s %zu\n", std::string(name_of(static_cast<Happening>(i))).c_str(), truth.counts[i]);
}

}  // namespace
}  // namespace censo::fleet

int main(int count, char** arguments) {
  censo::fleet::run(censo::fleet::settings_of(count, arguments));
}
