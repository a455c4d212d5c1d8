// SPDX-License-Identifier: Apache-2.0
#include <florin/florin.hpp>

#include <cstddef>

std::size_t names_seen_by_b();

std::size_t names_seen_by_b() {
  return florin::to_string(florin::Phase::handshake).size();
}
