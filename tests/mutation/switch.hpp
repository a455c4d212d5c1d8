// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <type_traits>

/// Mutants stand in the sources beside what they change; one of them is chosen as the program
/// starts.
namespace mutation {

inline constexpr unsigned most_mutants = 1U << 16;
extern unsigned chosen;                      ///< the number of the mutant; 0: none
extern unsigned char reached[most_mutants];  ///< by number: whether the mutant's place was reached

inline bool switched(unsigned number) noexcept {
  reached[number] = 1;
  return number == chosen;
}
/// Whether a mutant is the chosen one. What is computed by the compiler has none.
constexpr bool on(unsigned number) noexcept {
  if (std::is_constant_evaluated()) return false;
  return switched(number);
}

}  // namespace mutation
