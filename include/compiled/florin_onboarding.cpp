// SPDX-License-Identifier: Apache-2.0
// The same for florin/onboarding.
#include <florin/onboarding/src.hpp>
