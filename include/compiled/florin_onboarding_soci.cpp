// SPDX-License-Identifier: Apache-2.0
// The part of florin/onboarding that needs SOCI.
#include <florin/onboarding/soci_src.hpp>
