// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What florin needs of the compiler, said in one sentence where it is missing. The headers that
/// include no other one of florin's include this first.

#if __cplusplus < 202002L
#error "florin: C++20 is needed: compile with -std=c++20 or newer"
#include <florin/needs_cxx20>  // there is none, which ends the compilation here
#elif !defined(__cpp_exceptions)
#error "florin: exceptions are needed: compile without -fno-exceptions"
#include <florin/needs_exceptions>  // there is none, which ends the compilation here
#endif
