// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>
#include <florin/secret.hpp>

#include <array>
#include <cstddef>
#include <string_view>

/// Base64 (RFC 4648) of keys, digests and tokens.
namespace florin::wire::detail {

/// Appends the base64 form of the bytes that it is given.
/// \tparam Out has `put(char)`.
/// \tparam Url whether it is the form for URLs, without padding.
template <class Out, bool Url = false>
class Base64Writer {
 public:
  explicit Base64Writer(Out& out) noexcept : out_(out) {}
  void put(char c) noexcept {
    bits_ = (bits_ << 8U) | static_cast<unsigned char>(c);
    if (++held_ == 3) flush(4);
  }
  void put(std::string_view text) noexcept {
    for (const char c : text) put(c);
  }
  void finish() noexcept {
    if (held_ == 0) return;
    const unsigned symbols = held_ + 1;
    bits_ <<= 8U * (3 - held_);
    flush(symbols);
    if constexpr (!Url)
      for (unsigned i = symbols; i < 4; ++i) out_.put('=');
  }

 private:
  void flush(unsigned symbols) noexcept {
    constexpr std::string_view alphabet =
        Url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (unsigned i = 0; i < symbols; ++i) out_.put(alphabet[(bits_ >> (18U - 6U * i)) & 63U]);
    bits_ = held_ = 0;
  }

  Out& out_;
  unsigned bits_ = 0;
  unsigned held_ = 0;
};

/// Where characters are put one behind the other; the room is there.
struct Pen {
  char* at;
  void put(char c) noexcept { *at++ = c; }
};

/// The bytes of a key that is given as padded base64, wiped in the end.
class Base64Key {
 public:
  /// Longest key, in bytes.
  static constexpr std::size_t max_size = 1024;

  explicit Base64Key(std::string_view text) noexcept {
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
      text.remove_suffix(1);
      ++padding;
    }
    if (text.empty() || (text.size() + padding) % 4 != 0 || text.size() * 3 / 4 > max_size) return;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
      const unsigned symbol = value(c);
      if (symbol > 63) {
        clear();
        return;
      }
      bits = (bits << 6U) | symbol;
      held += 6;
      if (held < 8) continue;
      held -= 8;
      bytes_[size_++] = static_cast<char>((bits >> held) & 0xffU);
    }
  }
  Base64Key(const Base64Key&) = delete;
  Base64Key& operator=(const Base64Key&) = delete;
  ~Base64Key() { clear(); }

  /// Empty: the text is no base64, or the key is too long.
  [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }

 private:
  static constexpr unsigned value(char c) noexcept {
    const auto from = [c](char first, unsigned base) {
      return static_cast<unsigned>(c - first) + base;
    };
    if (c >= 'A' && c <= 'Z') return from('A', 0);
    if (c >= 'a' && c <= 'z') return from('a', 26);
    if (c >= '0' && c <= '9') return from('0', 52);
    return c == '+' ? 62U : c == '/' ? 63U : 64U;
  }
  void clear() noexcept {
    wipe(bytes_.data(), size_);
    size_ = 0;
  }

  std::array<char, max_size> bytes_;
  std::size_t size_ = 0;
};

}  // namespace florin::wire::detail
