// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a house number is a part of an address's first line
// names: AddressCity
#include <florin/wire/json.hpp>

#ifdef FLORIN_GOOD_TWIN
using Number = florin::wire::HouseNumber<florin::field::AddressLine1>;
#else
using Number = florin::wire::HouseNumber<florin::field::AddressCity>;
#endif

using Body = florin::wire::json::Object<florin::wire::Put<"number", Number>>;
static_assert(!Body::carried.empty());
