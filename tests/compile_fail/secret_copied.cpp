// SPDX-License-Identifier: Apache-2.0
// expect-gcc: cannot bind rvalue reference of type .florin::Secret&&. to lvalue
// expect-clang: no matching constructor for initialization of .florin::Secret.|no viable conversion
#include <florin/secret.hpp>

#include <cstddef>

std::size_t size_of(const florin::Secret& secret) {
#ifdef FLORIN_GOOD_TWIN
  florin::Secret copy{secret};
#else
  florin::Secret copy = secret;
#endif
  return copy.reveal().size();
}
