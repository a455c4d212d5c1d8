// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a key takes limits of one value, such as `MinLength<12>`
// names: MaxKeyLength
#include <florin/wire/idempotency.hpp>

using Key = florin::wire::IdempotencyHeader<"Idempotency-Key", 64, florin::wire::ReplayedUnmarked,
#ifdef FLORIN_GOOD_TWIN
                                            florin::wire::MinLength<12>>;
#else
                                            florin::wire::MaxKeyLength<12>>;
#endif

static_assert(Key::offered);
