// SPDX-License-Identifier: Apache-2.0
// With b.cpp: two users of the whole library in one program, which links only if everything is
// inline.
#include <florin/florin.hpp>

#include <cstddef>
#include <iostream>

std::size_t names_seen_by_b();

static std::size_t names_seen_by_a() {
  return florin::to_string(florin::Phase::handshake).size();
}

int main() {
  if (names_seen_by_a() == names_seen_by_b()) return 0;
  std::cerr << "the two translation units disagree\n";
  return 1;
}
