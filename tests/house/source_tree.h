// The product's own C++ files as text, for the house tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace censo::house {

struct SourceFile {
  std::string path;                  // from the root: "cmdb/ingest.cpp"
  std::vector<std::string> lines;
  std::vector<std::string> code;     // the same lines without comments and without the content of literals
  std::vector<std::string> includes; // as written, with "" or <>
};

// Every .h and .cpp of the product (not of tests); sorted by path.
const std::vector<SourceFile>& product_files();
// The same for tests/.
const std::vector<SourceFile>& test_files();

// The folder that is a library: "cmdb/store/driver/x.h" -> "cmdb/store".
std::string library_of(const std::string& path);

}  // namespace censo::house
