#include "agent/idle_memory.h"

#include "agent/host.h"

#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo::agent {
namespace {

// In KiB: a line of /proc/self/status.
long memory(const std::string& name) {
  const base::SystemClock clock;
  std::istringstream status(real_host(clock)->read_file("/proc/self/status", 64 * 1024).value());
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  }
  return -1;
}

TEST(IdleMemory, PagesOfProgramsAreGivenBack) {
  const long before = memory("RssFile");
  give_memory_back();
  const long after = memory("RssFile");
  EXPECT_LT(after, before / 2);
}

TEST(IdleMemory, FreedHeapIsGivenBack) {
  std::vector<std::string> much;
  for (int i = 0; i < 20'000; ++i) much.emplace_back(1000, 'x');
  const std::string after_it(1000, 'x');  // so that the heap cannot shrink
  much.clear();
  const long before = memory("RssAnon");
  give_memory_back();
  EXPECT_LT(memory("RssAnon"), before - 10'000);
}

TEST(IdleMemory, WhatIsInUseStays) {
  const std::string text(100'000, 'x');
  give_memory_back();
  EXPECT_EQ(text, std::string(100'000, 'x'));
  EXPECT_THROW(std::stol("no number"), std::invalid_argument);  // tables of exceptions are read again
}

}  // namespace
}  // namespace censo::agent
