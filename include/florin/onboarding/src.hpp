// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What <florin/src.hpp> is to the library this is to florin/onboarding: the part of it that is
/// compiled once, for programs that are compiled with FLORIN_SEPARATE_COMPILATION. The part that
/// needs SOCI is <florin/onboarding/soci_src.hpp>.

#include <florin/detail/config.hpp>

#if !defined(FLORIN_SEPARATE_COMPILATION)
#error "florin: <florin/onboarding/src.hpp> is for programs with FLORIN_SEPARATE_COMPILATION"
#endif

#include <florin/onboarding/impl/directory.ipp>
#include <florin/onboarding/impl/directory_core.ipp>
#include <florin/onboarding/impl/onboarding_plan.ipp>
#include <florin/onboarding/impl/recovery.ipp>
#include <florin/onboarding/impl/request_text.ipp>
#include <florin/onboarding/impl/row_changes.ipp>
#include <florin/onboarding/impl/settling.ipp>
