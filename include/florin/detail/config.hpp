// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

/// How the core is compiled. By default it is in the headers. With FLORIN_SEPARATE_COMPILATION it
/// is in the one source file of the program that includes <florin/src.hpp>.
#if defined(FLORIN_SEPARATE_COMPILATION)
#define FLORIN_DECL
#else
#define FLORIN_DECL inline
#endif
