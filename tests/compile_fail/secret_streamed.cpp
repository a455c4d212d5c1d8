// SPDX-License-Identifier: Apache-2.0
// expect-gcc: use of deleted function
// expect-clang: overload resolution selected deleted operator .<<.
#include <florin/secret.hpp>

#include <ostream>

void print(std::ostream& out, const florin::Secret& secret) {
#ifdef FLORIN_GOOD_TWIN
  out << secret.reveal();
#else
  out << secret;
#endif
}
