// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/given.hpp>
#include <florin/idempotency.hpp>
#include <florin/onboarding/detail/request_text.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

inline std::vector<MetadataEntry> entries_of(const CreateRequestView& request) {
  std::vector<MetadataEntry> entries;
  for (std::size_t i = 0; i < request.metadata.size(); ++i) entries.push_back(request.metadata[i]);
  return entries;
}
/// \param metadata that of the request, in an order.
inline std::string text_with(const CreateRequestView& request,
                             const std::vector<MetadataEntry>& metadata) {
  boost::json::object all;
  florin::detail::each_text(request, [&](Field field, std::string_view text) {
    if (!text.empty()) all.emplace(to_string(field), text);
  });
  if (!metadata.empty()) {
    boost::json::array entries;
    for (const MetadataEntry& entry : metadata) entries.push_back({entry.key, entry.value});
    all.emplace(to_string(Field::metadata), std::move(entries));
  }
  return boost::json::serialize(all);
}

FLORIN_DECL std::string text_of(const CreateRequestView& request) {
  return text_with(request, entries_of(request));
}

FLORIN_DECL std::optional<CreateRequest> request_of(std::string_view text) {
  boost::system::error_code failure;
  const boost::json::value parsed = boost::json::parse(text, failure);
  const boost::json::object* const all = failure ? nullptr : parsed.if_object();
  if (all == nullptr) return std::nullopt;
  CreateRequest request;
  std::size_t known = 0;
  florin::detail::each_text(request, [&](Field field, std::string& into) {
    const boost::json::value* const found = all->if_contains(to_string(field));
    if (found == nullptr || !found->is_string()) return;
    into = std::string_view{found->get_string()};
    ++known;
  });
  if (const auto* const entries = all->if_contains(to_string(Field::metadata))) {
    if (!entries->is_array()) return std::nullopt;
    ++known;
    for (const boost::json::value& entry : entries->get_array()) {
      const auto* const pair = entry.if_array();
      if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
          !(*pair)[1].is_string())
        return std::nullopt;
      request.metadata.set(std::string{std::string_view{(*pair)[0].get_string()}},
                           std::string{std::string_view{(*pair)[1].get_string()}});
    }
  }
  if (known != all->size()) return std::nullopt;
  return request;
}

FLORIN_DECL std::string digest_of(const CreateRequestView& request) {
  auto metadata = entries_of(request);
  std::sort(metadata.begin(), metadata.end(), [](const MetadataEntry& a, const MetadataEntry& b) {
    return std::pair{a.key, a.value} < std::pair{b.key, b.value};
  });
  const std::string text = text_with(request, metadata);
  const std::array<std::string_view, 2> parts{"florin onboarding 1", text};
  return florin::detail::hashed_key(parts).str();
}

}  // namespace florin::onboarding::detail
