// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the pattern of Entries needs a place for the key: write \{\} in it
// names: "?metadata\[\]
#include <florin/wire/form.hpp>

#ifdef FLORIN_GOOD_TWIN
using Body = florin::wire::Form<florin::wire::Entries<"metadata[{}]", florin::field::Metadata>>;
#else
using Body = florin::wire::Form<florin::wire::Entries<"metadata[]", florin::field::Metadata>>;
#endif

static_assert(Body::carried.contains(florin::Field::metadata));
