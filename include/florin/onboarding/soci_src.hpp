// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Compiles <florin/onboarding/soci_store.hpp> once, as <florin/onboarding/src.hpp> does the rest.

#include <florin/detail/config.hpp>

#if !defined(FLORIN_SEPARATE_COMPILATION)
#error "florin: <florin/onboarding/soci_src.hpp> is for programs with FLORIN_SEPARATE_COMPILATION"
#endif

#include <florin/onboarding/impl/soci_store.ipp>
