// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a Flag reads a credential that is a text
// names: test_mode
#include <optional>
#include <string>

#include "parts.hpp"

struct Credentials {
#ifdef FLORIN_GOOD_TWIN
  std::optional<std::string> test_mode{};
#else
  bool test_mode = false;
#endif
};

using Body = florin::wire::json::Object<florin::wire::Flag<"testmode", &Credentials::test_mode>>;
static_assert(Body::carried.empty());
