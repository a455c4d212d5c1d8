// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/text.hpp>

#include <cstring>
#include <memory>
#include <ostream>
#include <string_view>
#include <utility>

namespace florin {

FLORIN_DECL Text::Text() noexcept {}
FLORIN_DECL Text::Text(std::string_view text) {
  assign(text);
}
FLORIN_DECL Text::~Text() = default;

FLORIN_DECL void Text::assign(std::string_view text) {
  if (text.size() <= inline_capacity) [[likely]] {
    if (!text.empty()) std::memmove(inline_, text.data(), text.size());
    heap_.reset();
  } else {
    auto fresh = std::make_unique<char[]>(text.size());
    std::memcpy(fresh.get(), text.data(), text.size());
    heap_ = std::move(fresh);
  }
  size_ = text.size();
}

FLORIN_DECL void Text::take(Text& other) noexcept {
  heap_ = std::move(other.heap_);
  size_ = std::exchange(other.size_, 0);
  if (!heap_) std::memcpy(inline_, other.inline_, size_);
}

namespace detail {

FLORIN_DECL std::ostream& put(std::ostream& out, std::string_view text) {
  return out << text;
}

}  // namespace detail

}  // namespace florin
