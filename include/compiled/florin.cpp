// SPDX-License-Identifier: Apache-2.0
// The core, compiled once; with FLORIN_SEPARATE_COMPILATION, as is all that uses it.
#include <florin/src.hpp>
