// SPDX-License-Identifier: Apache-2.0
// The same for florin/testing.
#include <florin/testing/src.hpp>
