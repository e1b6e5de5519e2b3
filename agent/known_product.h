// Servers that are recognised by their program, or, where an interpreter runs them, by an argument.
#pragma once

#include <string_view>

namespace censo::agent {

struct KnownProduct {
  std::string_view program;     // the executable's name, or a part of an argument of Java
  std::string_view name;        // empty: not known
  std::string_view class_name;  // of the configuration item
  std::string_view package;     // how its package's name begins, where that is otherwise
};

const KnownProduct& product_of_program(std::string_view program);
// `arguments` as in /proc/PID/cmdline.
const KnownProduct& product_of_java(std::string_view arguments);

// Runs others' programs: its own version and package would be a wrong answer.
bool is_interpreter(std::string_view program);

}  // namespace censo::agent
