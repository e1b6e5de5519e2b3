// Probable causes and the matching of detected changes against the truth of a simulated estate, for three
// seeds or those of CENSO_BENCH_SEEDS ("1 2 3"). Goals: the true cause first in 70 %, among the first three
// in 90 %, detected changes matched right in 99 %.
#include "tests/bench/number.h"
#include "tests/desk/cause_simulation.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

using censo::desk::CauseFigures;

double percent(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void print(const char* name, const CauseFigures::Rank& rank) {
  std::printf("  %-13s %4zu tickets   first %5.1f %% (goal 70)   first three %5.1f %% (goal 90)\n", name,
              rank.tickets, percent(rank.first, rank.tickets), percent(rank.first_three, rank.tickets));
}

void add(CauseFigures::Rank& sum, const CauseFigures::Rank& rank) {
  sum.tickets += rank.tickets;
  sum.first += rank.first;
  sum.first_three += rank.first_three;
}

}  // namespace

int main() {
  const char* given = std::getenv("CENSO_BENCH_SEEDS");
  std::istringstream seeds(given ? given : "1 2 3");
  CauseFigures sum;
  double worst = 100;
  for (std::uint64_t seed = 0; seeds >> seed;) {
    const auto figures = censo::desk::simulate_causes({.seed = seed});
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    for (const auto& [kind, rank] : figures.by_kind) print(kind.c_str(), rank);
    print("all", figures.all);
    std::printf("  %zu differences, matched right %.2f %% (goal 99)\n", figures.differences,
                percent(figures.matched_right, figures.differences));
    for (const auto& [what, count] : figures.matched_wrong) std::printf("    %s: %zu\n", what.c_str(), count);
    std::fflush(stdout);
    add(sum.all, figures.all);
    sum.differences += figures.differences;
    sum.matched_right += figures.matched_right;
    worst = std::min(worst, percent(figures.all.first, figures.all.tickets));
  }
  using censo::bench::print_number;
  const auto tickets =
      std::to_string(sum.all.tickets) + " tickets, worst seed " + censo::bench::shown(worst) + " %";
  print_number({"true cause of a simulated incident ranked first", percent(sum.all.first, sum.all.tickets),
                "%", 70, true, tickets});
  print_number(
      {"true cause among the first three", percent(sum.all.first_three, sum.all.tickets), "%", 90, true});
  print_number({"detected changes judged and matched right", percent(sum.matched_right, sum.differences), "%",
                99, true, std::to_string(sum.differences) + " differences"});
  return 0;
}
