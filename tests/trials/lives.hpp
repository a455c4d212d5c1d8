// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "trials/trial.hpp"

namespace florin_test {

/// The life of many customers under faults: created, read, found, deleted, read and found again, by
/// several threads, blocking and not. What the calls say is compared with what the earlier ones
/// left possible, and in the end with what the processor has. Within a test case; talks to
/// 127.0.0.1 only.
void lives_under_faults(const Trial& trial);

}  // namespace florin_test
