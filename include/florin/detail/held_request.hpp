// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/customer/given.hpp>
#include <florin/wire/buffer.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace florin::detail {

/// A copy of a request, for calls that encode it again when the caller's own may be gone. Its
/// memory is kept from one request to the next, and wiped.
/// \tparam View `CreateRequestView` or `UpdateRequestView`.
template <class View>
class HeldRequest {
  static constexpr bool edits = requires(const View& view) { view.cleared; };

 public:
  /// Copies `request`. Errors: `std::bad_alloc`.
  void hold(const View& request) {
    clear();
    std::size_t size = 0;
    const auto count = [&size](std::string_view text) { size += text.size(); };
    each(request, count);
    for (std::size_t i = 0; i < request.metadata.size(); ++i) {
      count(request.metadata[i].key);
      count(request.metadata[i].value);
    }
    if constexpr (edits) {
      for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
        count(request.metadata_cleared[i]);
    }
    text_.reserve(size);  // so that no view has to move
    entries_.clear();
    for (std::size_t i = 0; i < request.metadata.size(); ++i)
      entries_.push_back({copy(request.metadata[i].key), copy(request.metadata[i].value)});
    view_ = request;
    view_.metadata = std::span<const MetadataEntry>{entries_};
    each(view_, [this](std::string_view& text) { text = copy(text); });
    if constexpr (edits) {
      keys_.clear();
      for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
        keys_.push_back(copy(request.metadata_cleared[i]));
      view_.metadata_cleared = std::span<const std::string_view>{keys_};
      if (request.current != nullptr) view_.current = &current_.emplace(*request.current);
    }
  }
  /// The copy. Valid until the next `hold` or `clear`.
  [[nodiscard]] const View& view() const noexcept { return view_; }
  /// Forgets the request and wipes its text.
  void clear() noexcept {
    if (text_.size() != 0) wipe(text_.data(), text_.size());
    text_.clear();
    view_ = {};
    current_.reset();
  }

 private:
  /// Calls `visit` with each text.
  template <class Of, class Visitor>
  static void each(Of& view, Visitor visit) {
    if constexpr (edits) visit(view.connector_customer_id);
    each_text(view, [&visit](Field, auto& text) { visit(text); });
  }
  std::string_view copy(std::string_view text) noexcept {
    const std::size_t from = text_.size();
    text_.put(text);
    return text_.view(from);
  }

  wire::Buffer text_;
  std::vector<MetadataEntry> entries_;
  std::vector<std::string_view> keys_;  // of an update, as is the next
  std::optional<Customer> current_;
  View view_{};
};

/// A copy of a request that is a few texts, likewise.
template <class Request>
class HeldTexts {
 public:
  /// Errors: `std::bad_alloc`.
  void hold(const Request& request) {
    clear();
    view_ = request;
    std::size_t size = 0;
    view_.each([&size](std::string_view text) { size += text.size(); });
    text_.reserve(size);  // so that no view has to move
    view_.each([this](std::string_view& text) {
      const std::size_t from = text_.size();
      text_.put(text);
      text = text_.view(from);
    });
  }
  [[nodiscard]] const Request& view() const noexcept { return view_; }
  void clear() noexcept {
    if (text_.size() != 0) wipe(text_.data(), text_.size());
    text_.clear();
    view_ = {};
  }

 private:
  wire::Buffer text_;
  Request view_{};
};

/// What keeps a copy of a request of this type.
template <class Request>
using HeldOf = std::conditional_t<std::same_as<Request, CreateRequestView> ||
                                      std::same_as<Request, UpdateRequestView>,
                                  HeldRequest<Request>, HeldTexts<Request>>;

}  // namespace florin::detail
