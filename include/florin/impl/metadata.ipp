// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/metadata.hpp>

#include <initializer_list>
#include <string>
#include <utility>

namespace florin {

FLORIN_DECL Metadata::Metadata() noexcept = default;
FLORIN_DECL Metadata::Metadata(const Metadata& other) = default;
FLORIN_DECL Metadata::Metadata(Metadata&& other) noexcept = default;
FLORIN_DECL Metadata& Metadata::operator=(const Metadata& other) = default;
FLORIN_DECL Metadata& Metadata::operator=(Metadata&& other) noexcept = default;
FLORIN_DECL Metadata::~Metadata() = default;

FLORIN_DECL Metadata::Metadata(std::initializer_list<Entry> entries) : entries_(entries) {}

FLORIN_DECL void Metadata::set(std::string key, std::string value) {
  for (auto& entry : entries_) {
    if (entry.first == key) {
      entry.second = std::move(value);
      return;
    }
  }
  entries_.emplace_back(std::move(key), std::move(value));
}

}  // namespace florin
