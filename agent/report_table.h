// A report for people: what this machine is, what is in it and on it, and what could not be read.
#pragma once

#include "inventory/report.h"

#include <cstddef>
#include <string>

namespace censo::agent {

// No line is longer than `width` characters; hostile text cannot disturb the terminal.
std::string to_table(const inventory::Report& report, std::size_t width);

// "812 packages, 2 interfaces, 3 problems": the short form for one line.
std::string summary(const inventory::Report& report);

}  // namespace censo::agent
