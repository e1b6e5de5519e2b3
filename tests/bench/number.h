// A figure that has a goal, as `./dev bench` gathers them into the table that it ends with: whatever stands
// behind "goal:" in what a benchmark prints.
#pragma once

#include <cstdio>
#include <string>

namespace censo::bench {

struct Number {
  const char* what;
  double measured;
  const char* unit;
  double goal;
  bool at_least = false;    // else at most
  std::string beside = {};  // the limit in the same run, or what others do
};

// Digits that tell something: 0.047, 4.81, 99.98, 1234.
inline std::string shown(double number) {
  char text[32];
  const char* format = number < 0.1 ? "%.4f" : number < 1 ? "%.3f" : number < 1000 ? "%.5g" : "%.0f";
  std::snprintf(text, sizeof text, format, number);
  return text;
}

inline void print_number(const Number& number) {
  const bool met = number.at_least ? number.measured >= number.goal : number.measured <= number.goal;
  std::printf("%-58s %9s %s  goal: %s %g, %s%s%s\n", number.what, shown(number.measured).c_str(), number.unit,
              number.at_least ? ">=" : "<=", number.goal, met ? "met" : "MISSED",
              number.beside.empty() ? "" : "; beside: ", number.beside.c_str());
  std::fflush(stdout);
}

}  // namespace censo::bench
