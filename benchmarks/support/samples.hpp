// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace florin_bench {

/// The value below which the share `part` of the samples lies (nearest rank).
/// \param part above 0, at most 1. Errors: `std::invalid_argument` without samples.
[[nodiscard]] inline double quantile(std::vector<double> samples, double part) {
  if (samples.empty()) throw std::invalid_argument("no samples");
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(samples.size())));
  const auto at = samples.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

[[nodiscard]] inline double median(const std::vector<double>& samples) {
  return quantile(samples, 0.5);
}

}  // namespace florin_bench
