#include "tests/cmdb/store/test_location.h"

#include "cmdb/store/driver/open.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

namespace censo::test {
namespace {

std::string server() {
  const char* url = std::getenv("CENSO_TEST_POSTGRES");
  return url ? url : "";
}

// The schemas of the test at work. Only the main thread of a test program calls this.
class Schemas {
 public:
  ~Schemas() { drop_all(); }

  std::string of(const std::string& path) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    if (test != test_) drop_all();
    test_ = test;
    const auto [entry, is_new] =
        names_.try_emplace(path, "t" + std::to_string(getpid()) + "_" + std::to_string(count_ + 1));
    if (is_new) {
      ++count_;
      run("create schema " + entry->second);
    }
    return entry->second;
  }

 private:
  void drop_all() {
    for (const auto& [path, name] : names_) run("drop schema " + name + " cascade");
    names_.clear();
  }
  void run(const std::string& sql) {
    if (!connection_)
      connection_ =
          store::driver::open(server() + "&options=-csearch_path%3Dnone", store::driver::Access::write);
    connection_->run_script(sql);
  }

  std::unique_ptr<store::Connection> connection_;
  std::map<std::string, std::string> names_;
  const testing::TestInfo* test_ = nullptr;
  int count_ = 0;
};

Schemas& schemas() {
  static Schemas all;
  return all;
}

}  // namespace

bool on_postgres() {
  return !server().empty();
}

std::string location(const std::string& path) {
  if (!on_postgres()) return path;
  return server() + "&options=-csearch_path%3D" + schemas().of(path);
}

std::unique_ptr<store::Connection> open_connection() {
  static int count = 0;
  return store::open_connection(on_postgres() ? location("memory " + std::to_string(++count)) : ":memory:");
}

}  // namespace censo::test
