// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/sha.h>

#include "fault.hpp"
#include "options.hpp"

namespace florin_import {

/// Which references stand on which lines, to find those that stand on several with other data.
/// Holds 20 bytes a line: 12 of a SHA-256 of the reference, 4 of one of all data, and the number of
/// the line, which alone is kept of lines that share one. Two references are taken for one by
/// chance with a probability of n^2 / 2^97.
class References {
 public:
  using Hash = std::array<std::uint32_t, 3>;

  /// A hash of a customer's reference, the same on all machines.
  [[nodiscard]] static Hash hash_of(std::string_view reference) {
    const Digest digest = digest_of(reference);
    return {word_of(digest, 0), word_of(digest, 1), word_of(digest, 2)};
  }
  /// Whether a customer is of a share of the input.
  [[nodiscard]] static bool belongs(const Hash& reference, const Part& part) noexcept {
    return reference[2] % part.of == part.number - 1;
  }

  /// Takes note of a line. Errors: `Stop`: there are too many; `std::bad_alloc`.
  void add(std::uint64_t line, const Hash& reference, const florin::CreateRequest& request) {
    if (line > std::numeric_limits<std::uint32_t>::max())
      throw Stop{"the input has more than 2^32 lines: divide it"};
    entries_.push_back({reference, data_of(request), static_cast<std::uint32_t>(line)});
  }
  /// Ends the taking of notes.
  /// \param tell is told of each line whose reference stands on another line too with other data,
  /// with the number of the first one of those, and the hash of the reference.
  template <class Tell>
  void compare(Tell tell) {
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return a.reference != b.reference ? a.reference < b.reference : a.line < b.line;
    });
    for (auto first = entries_.begin(); first != entries_.end();) {
      const auto end = std::find_if(first, entries_.end(), [first](const Entry& each) {
        return each.reference != first->reference;
      });
      for (auto each = first + 1; each != end; ++each) repeated_.push_back(each->line);
      const bool differ =
          std::any_of(first, end, [first](const Entry& each) { return each.data != first->data; });
      if (differ)
        for (auto each = first; each != end; ++each) {
          tell(each->line, first->line, first->reference);
          ambiguous_.push_back(each->line);
        }
      first = end;
    }
    entries_ = {};
    std::sort(ambiguous_.begin(), ambiguous_.end());
    std::sort(repeated_.begin(), repeated_.end());
  }
  /// Whether it was told of this line.
  [[nodiscard]] bool ambiguous(std::uint64_t line) const {
    return std::binary_search(ambiguous_.begin(), ambiguous_.end(), line);
  }
  /// Whether a line repeats the reference of an earlier one.
  [[nodiscard]] bool repeats(std::uint64_t line) const {
    return std::binary_search(repeated_.begin(), repeated_.end(), line);
  }
  /// How many do.
  [[nodiscard]] std::size_t repeated() const noexcept { return repeated_.size(); }

 private:
  struct Entry {
    Hash reference;
    std::uint32_t data;
    std::uint32_t line;
  };

  using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

  [[nodiscard]] static Digest digest_of(std::string_view text) {
    Digest digest{};
    ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    return digest;
  }
  /// A word of a digest, whatever the machine's order of bytes.
  [[nodiscard]] static std::uint32_t word_of(const Digest& digest, std::size_t number) noexcept {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) word = word << 8U | digest[4 * number + i];
    return word;
  }
  [[nodiscard]] static std::uint32_t data_of(const florin::CreateRequest& request) {
    std::string all;
    const auto put = [&all](std::string_view text) {
      all.append(std::to_string(text.size())).append(":").append(text);
    };
    for (const std::string* text :
         {&request.email, &request.name, &request.given_name, &request.family_name, &request.phone,
          &request.description, &request.address.line1, &request.address.line2,
          &request.address.city, &request.address.state, &request.address.zip,
          &request.address.country})
      put(*text);
    for (const auto& [key, value] : request.metadata) {
      put(key);
      put(value);
    }
    return word_of(digest_of(all), 0);
  }

  std::deque<Entry> entries_{};
  std::vector<std::uint32_t> ambiguous_{};
  std::vector<std::uint32_t> repeated_{};
};

}  // namespace florin_import
