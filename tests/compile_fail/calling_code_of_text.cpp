// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a calling code is a part of a phone number
// names: Description
#include <florin/wire/json.hpp>

#ifdef FLORIN_GOOD_TWIN
using Code = florin::wire::CallingCode<florin::field::Phone>;
#else
using Code = florin::wire::CallingCode<florin::field::Description>;
#endif

using Body = florin::wire::json::Object<florin::wire::Put<"code", Code>>;
static_assert(!Body::carried.empty());
