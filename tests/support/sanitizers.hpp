// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FLORIN_TEST_TSAN: 1 under ThreadSanitizer, which brings an `operator new` that cannot be
/// replaced and allows no threads in a child that was forked by a process with several, else 0.
#if defined(__SANITIZE_THREAD__)
#define FLORIN_TEST_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define FLORIN_TEST_TSAN 1
#endif
#endif
#if !defined(FLORIN_TEST_TSAN)
#define FLORIN_TEST_TSAN 0
#endif
