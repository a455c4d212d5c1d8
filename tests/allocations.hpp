// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace florin::test {

/// How often the calling thread has called a global `operator new` (every form that a test can
/// reach). The counting operators are defined in allocations_test.cpp.
std::size_t allocations() noexcept;

}  // namespace florin::test
