// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "fuzz/subject.hpp"

/// Not for the parts: each would compile the others' as well.
namespace florin_fuzz {

/// Every operation of every policy, in their order.
inline std::vector<Subject> subjects() {
  std::vector<Subject> all;
  [&]<std::size_t... Part>(std::index_sequence<Part...>) {
    (add_subjects<Part>(all), ...);
  }
  (std::make_index_sequence<subject_parts>{});
  const auto place = [](const Subject& each) {
    return std::pair{each.policy, each.operation_number};
  };
  std::sort(all.begin(), all.end(),
            [place](const Subject& a, const Subject& b) { return place(a) < place(b); });
  return all;
}

}  // namespace florin_fuzz
