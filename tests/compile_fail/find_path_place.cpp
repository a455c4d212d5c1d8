// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the path of a find has another place than that of its filter: write
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Find {
    struct ByEmail : parts::Got, parts::Listed {
#ifdef FLORIN_GOOD_TWIN
      static constexpr std::string_view path = "/customers/{email}";
#else
      static constexpr std::string_view path = "/customers/{reference}";
#endif
    };
  };
};

florin::Result<void> encode_find(florin::EncodedRequest& out) {
  return parts::encode_find<AcmePolicy>(out);
}
