// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace florin::onboarding::detail {

/// A request as a JSON object: its fields by their names, as far as they are given, metadata as an
/// array of pairs. The same request always has the same text. Errors: `std::bad_alloc`.
[[nodiscard]] FLORIN_DECL std::string text_of(const CreateRequestView& request);

/// The request that `text_of` has written; nothing: this is no such text. Errors: `std::bad_alloc`.
[[nodiscard]] FLORIN_DECL std::optional<CreateRequest> request_of(std::string_view text);

/// A digest of a request, whatever the order of its metadata: SHA-256, cut to 122 bits. Errors:
/// `std::bad_alloc`.
[[nodiscard]] FLORIN_DECL std::string digest_of(const CreateRequestView& request);

}  // namespace florin::onboarding::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/request_text.ipp>
#endif
