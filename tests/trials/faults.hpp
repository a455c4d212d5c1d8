// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trials/trial.hpp"

namespace florin_test {

/// Creates thousands of customers through one client, over a network that fails in every way there
/// is: no customer is made twice, and no outcome is wrong. Within a test case; talks to 127.0.0.1
/// only.
void survives_faults(const Trial& trial);

/// The same with `ensure`.
void is_ensured_once(const Trial& trial);

}  // namespace florin_test
