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

/// FLORIN_TEST_UBSAN: 1 under UndefinedBehaviorSanitizer, as far as the compiler says so. It looks
/// at types through a pipe and takes the want of descriptors for a wrong type.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define FLORIN_TEST_UBSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define FLORIN_TEST_UBSAN 1
#endif
#if !defined(FLORIN_TEST_UBSAN)
#define FLORIN_TEST_UBSAN 0
#endif

/// FLORIN_TEST_ASAN: 1 under AddressSanitizer, which needs much address space of its own.
#if defined(__SANITIZE_ADDRESS__)
#define FLORIN_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FLORIN_TEST_ASAN 1
#endif
#endif
#if !defined(FLORIN_TEST_ASAN)
#define FLORIN_TEST_ASAN 0
#endif
