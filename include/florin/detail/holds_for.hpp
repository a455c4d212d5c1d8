// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

namespace florin::detail {

/// `holds`; a failed assertion of it names the type, and the numbers that were compared, in Clang's
/// error line. GCC names them above.
template <class Subject, bool holds, auto... Numbers>
inline constexpr bool holds_for = holds;

}  // namespace florin::detail
