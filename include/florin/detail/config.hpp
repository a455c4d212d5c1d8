// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

/// How the core is compiled. By default it is in the headers. With FLORIN_SEPARATE_COMPILATION it
/// is in the one source file of the program that includes <florin/src.hpp>.
#if defined(FLORIN_SEPARATE_COMPILATION)
#define FLORIN_DECL
#else
#define FLORIN_DECL inline
#endif

/// A function that only asynchronous operations need. Where the core is in the headers it is a
/// template: a source file with blocking calls alone does not have it compiled, nor what it uses.
/// What is declared apart is defined with the second.
#if defined(FLORIN_SEPARATE_COMPILATION)
#define FLORIN_ASYNC_DECL
#define FLORIN_ASYNC_DEFINITION
#else
#define FLORIN_ASYNC_DECL template <class = void>
#define FLORIN_ASYNC_DEFINITION template <class>
#endif

namespace florin::detail {

/// Its name is what a linker says where it finds both ways in one program, as one of them is
/// thread-local, or none of the sources with <florin/src.hpp>.
#if defined(FLORIN_SEPARATE_COMPILATION)
extern const char FLORIN_SEPARATE_COMPILATION_is_for_all_sources_and_one_includes_florin_src_hpp;
[[gnu::used]] inline const char* const way_of_compiling =
    &FLORIN_SEPARATE_COMPILATION_is_for_all_sources_and_one_includes_florin_src_hpp;
#else
[[gnu::used]] inline thread_local char
    FLORIN_SEPARATE_COMPILATION_is_for_all_sources_and_one_includes_florin_src_hpp = 0;
#endif

}  // namespace florin::detail
