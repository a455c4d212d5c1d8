// SPDX-License-Identifier: Apache-2.0
// expect-gcc: no match for .operator==.
// expect-clang: invalid operands to binary expression
#include <florin/secret.hpp>

#include <string>

bool is_key(const florin::Secret& secret, const std::string& key) {
#ifdef FLORIN_GOOD_TWIN
  const bool same = secret == florin::Secret{key};
#else
  const bool same = secret == key;
#endif
  return same;
}
