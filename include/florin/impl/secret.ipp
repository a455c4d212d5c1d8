// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/secret.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace florin {

FLORIN_DECL Secret::Secret(std::string_view value) {
  assign(value);
}
FLORIN_DECL Secret::Secret(std::string&& value) {
  struct Wiped {
    std::string& text;
    ~Wiped() {
      wipe(text.data(), text.size());
      text.clear();
    }
  } const wiped{value};
  assign(value);
}
FLORIN_DECL Secret::Secret(Secret&& other) noexcept
    : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
FLORIN_DECL Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    forget();
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}
FLORIN_DECL Secret::~Secret() {
  forget();
}

FLORIN_DECL void Secret::assign(std::string_view value) {
  auto fresh = std::make_unique<char[]>(value.size() + 1);
  value.copy(fresh.get(), value.size());
  forget();
  data_ = std::move(fresh);
  size_ = value.size();
}
FLORIN_DECL void Secret::forget() noexcept {
  if (data_) wipe(data_.get(), size_);
  data_.reset();
  size_ = 0;
}

}  // namespace florin
