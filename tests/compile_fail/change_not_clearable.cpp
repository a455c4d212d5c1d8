// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor cannot clear this field: remove `clear\(\.\.\.\)`
// names: AcmePolicy
#include "parts.hpp"

using namespace florin::fields;

struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Update : parts::Updating::Update {
#ifdef FLORIN_GOOD_TWIN
    using Clearable = florin::Fields<florin::field::Email>;
#endif
  };
};

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy, florin::Update>(florin::customer_changes(clear(email)), {"key"},
                                                    out);
}
