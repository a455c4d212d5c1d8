// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace florin::detail {

/// A stretch of a text, in bytes.
struct Stretch {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Looks for a secret in what a processor says, however it is quoted there: as it is,
/// percent-encoded, as in a form or as a JSON or JavaScript string, each byte in its own way and
/// also one way within another. A secret is visible ASCII.
///
/// The work is bounded by the lengths of text and secret. Allocates nothing.
///
/// Thread safety: reentrant.
class SecretSearch {
 public:
  /// \param cut whether the text was cut, so that it may end within the secret.
  SecretSearch(std::string_view text, std::string_view secret, bool cut) noexcept
      : text_(text), secret_(secret), cut_(cut) {}

  /// The first place of the secret at or behind `from`.
  [[nodiscard]] std::optional<Stretch> next(std::size_t from) const noexcept {
    if (secret_.empty()) return std::nullopt;
    for (; from < text_.size(); ++from)
      if (const std::size_t to = match(from); to != from) return Stretch{from, to};
    return std::nullopt;
  }

 private:
  /// Places in the text, few and none twice. What has no room any more is forgotten: it takes more
  /// ways to write one byte than any quotation has.
  struct Places {
    std::array<std::size_t, 16> at;
    std::size_t count = 0;

    void add(std::size_t place) noexcept {
      for (std::size_t i = 0; i < count; ++i)
        if (at[i] == place) return;
      if (count < at.size()) at[count++] = place;
    }
  };

  /// Where the secret that begins at `from` ends; `from` when it does not stand there.
  [[nodiscard]] std::size_t match(std::size_t from) const noexcept {
    Places here;
    here.add(from);
    for (std::size_t i = 0; i < secret_.size(); ++i) {
      Places next;
      for (std::size_t k = 0; k < here.count; ++k) {
        if (i != 0 && cut_ && ends_within(here.at[k])) return text_.size();
        step(here.at[k], secret_[i], next);
      }
      if (next.count == 0) return from;
      here = next;
    }
    std::size_t end = from;
    for (std::size_t k = 0; k < here.count; ++k)
      if (here.at[k] > end) end = here.at[k];
    return end;
  }
  /// Adds the ends of all ways in which `c` stands at `at`.
  void step(std::size_t at, char c, Places& ends) const noexcept {
    if (at == text_.size()) return;
    const char first = text_[at];
    if (first == c || (first == '+' && c == ' ')) ends.add(at + 1);
    if (first == '%') step_percent(at + 1, c, ends);
    if (first == '\\') step_backslash(at, c, ends);
  }
  /// `%41`, and `%2541` for what was encoded twice.
  void step_percent(std::size_t at, char c, Places& ends) const noexcept {
    for (;; at += 2) {
      if (is_hex(at, 2, c)) ends.add(at + 2);
      if (text_.substr(at, 2) != "25") return;
    }
  }
  /// `\u0041`, `\x41`, `\/`; with more backslashes for what was escaped more than once.
  void step_backslash(std::size_t at, char c, Places& ends) const noexcept {
    std::size_t end = at;
    while (end < text_.size() && text_[end] == '\\') ++end;
    if (c == '\\')
      for (std::size_t count = 2; count <= end - at && count <= 8; count *= 2) ends.add(at + count);
    if (end == text_.size()) return;
    if (text_[end] == c && !is_alphanumeric(c)) ends.add(end + 1);
    if (text_[end] == 'u' && is_hex(end + 1, 4, c)) ends.add(end + 5);
    if (text_[end] == 'x' && is_hex(end + 1, 2, c)) ends.add(end + 3);
  }
  /// Whether the text ends at `at` or within an escape that begins there.
  [[nodiscard]] bool ends_within(std::size_t at) const noexcept {
    std::string_view rest = text_.substr(at);
    const auto is_part_of = [&rest](std::size_t digits) {
      return rest.size() < digits &&
             rest.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    };
    if (rest.empty()) return true;
    if (rest.front() == '%') {
      rest.remove_prefix(1);
      while (rest.starts_with("25")) rest.remove_prefix(2);
      return is_part_of(2);
    }
    if (rest.front() != '\\') return false;
    rest.remove_prefix(std::min(rest.find_first_not_of('\\'), rest.size()));
    if (rest.empty()) return true;
    const char kind = rest.front();
    rest.remove_prefix(1);
    return (kind == 'u' && is_part_of(4)) || (kind == 'x' && is_part_of(2));
  }
  /// Whether `digits` hexadecimal digits at `at` say `c`.
  [[nodiscard]] bool is_hex(std::size_t at, std::size_t digits, char c) const noexcept {
    if (at + digits > text_.size()) return false;
    unsigned value = 0;
    for (char digit : text_.substr(at, digits)) {
      const auto lower = static_cast<char>(digit | 0x20);
      if (digit >= '0' && digit <= '9') {
        value = value * 16 + static_cast<unsigned>(digit - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        value = value * 16 + static_cast<unsigned>(lower - 'a') + 10;
      } else {
        return false;
      }
    }
    return value == static_cast<unsigned char>(c);
  }
  static constexpr bool is_alphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  std::string_view text_;
  std::string_view secret_;
  bool cut_;
};

}  // namespace florin::detail
