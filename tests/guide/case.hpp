// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>

namespace guide {

/// A code block that is run.
struct Case {
  std::string_view name;
  std::function<void()> run;  ///< empty: skipped
};

/// Made from the pages.
extern const std::vector<Case> cases;

}  // namespace guide
