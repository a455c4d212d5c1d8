// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What <florin/src.hpp> is to the library this is to florin/testing: the part of it that is
/// compiled once, for programs that are compiled with FLORIN_SEPARATE_COMPILATION.

#include <florin/detail/config.hpp>

#if !defined(FLORIN_SEPARATE_COMPILATION)
#error "florin: <florin/testing/src.hpp> is for programs with FLORIN_SEPARATE_COMPILATION"
#endif

#include <florin/testing/impl/conformance.ipp>
#include <florin/testing/impl/parameters.ipp>
#include <florin/testing/impl/sandbox.ipp>
