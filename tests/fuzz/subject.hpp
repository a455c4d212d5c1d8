// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/encode.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "fuzz/scene.hpp"

namespace florin_fuzz {

/// A policy's operation without its types, so that what is done with all of them is compiled once.
struct Subject {
  std::size_t policy = 0;            ///< its number in `florin::AllPolicies`
  std::size_t operation_number = 0;  ///< its number in `Operations`
  std::string_view connector;
  std::string_view operation;
  std::string_view path;
  /// See `encode_checked`.
  std::optional<florin::Error> (*encode)(const Scene&, florin::EncodedRequest&) = nullptr;
  std::vector<std::string_view> credentials;
  std::string_view signature;  ///< the header; empty: none
  bool makes = false;          ///< it creates a customer
  bool changes = false;
  bool finds = false;
  bool follows_links = false;  ///< a page is sent in place of the query
  bool takes_payment_token = false;
  std::string_view host_credential;  ///< which is a part of the host; empty: none
  std::array<std::size_t, florin::field_count> max_length{};
};

/// In so many parts `parts/subjects.cpp` is compiled, side by side, for it takes long.
inline constexpr std::size_t subject_parts = 3;

/// Adds the subjects of every `subject_parts`th policy, from the one with this number.
template <std::size_t Part>
void add_subjects(std::vector<Subject>& all);

}  // namespace florin_fuzz
