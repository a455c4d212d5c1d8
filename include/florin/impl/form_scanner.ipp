// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/impl/json_handler.ipp>
#include <florin/wire/utf8_check.hpp>

#include <cstddef>
#include <string_view>

namespace florin::wire::detail {

/// The value of a hexadecimal digit; 16: it is none.
constexpr unsigned hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return 16;
}

/// Reads `name=value&...` in any chunking, as if it were an object of texts.
///
/// Names consist of letters, digits and `_-.[]`, values of UTF-8; both may be escaped, and a blank
/// is itself, `+` or `%20`. What follows a line's end may only be one, too. Anything else is
/// broken.
class FormScanner {
 public:
  explicit FormScanner(JsonHandler& handler) noexcept : handler_(handler) {}

  void reset() noexcept {
    place_ = Place::name;
    escape_ = 0;
    named_ = false;
    begun_ = false;
    ended_ = false;
    utf8_ = {};
  }
  /// \return whether the text is well-formed so far.
  bool write(std::string_view piece) {
    for (std::size_t at = 0; at < piece.size(); ++at) {
      const std::size_t plain = plain_value(piece.substr(at));
      if (plain != 0) {
        handler_.on_string_part({piece.data() + at, plain}, plain, error_);
        at += plain;
        if (at == piece.size()) break;
      }
      if (!put(piece[at])) return false;
    }
    return true;
  }
  /// \return whether the whole text was well-formed and said anything.
  bool finish() {
    if (escape_ != 0 || !(place_ == Place::value ? end_value() : !named_) || !begun_) return false;
    handler_.on_object_end(0, error_);
    return true;
  }

 private:
  enum class Place : unsigned char { name, value };

  /// How many bytes at the beginning of `piece` are a value as they are.
  std::size_t plain_value(std::string_view piece) noexcept {
    if (place_ != Place::value || escape_ != 0 || ended_) return 0;
    std::size_t size = 0;
    while (size < piece.size() && piece[size] >= ' ' && piece[size] != '&' && piece[size] != '%' &&
           piece[size] != '+' && piece[size] != 0x7f && utf8_.whole())
      ++size;
    return size;
  }
  bool put(char c) {
    if (escape_ != 0) return unescape(c);
    if (c == '\r' || c == '\n') return end_line();
    if (ended_ || (static_cast<unsigned char>(c) < 0x20) || c == 0x7f) return false;
    if (c == '%') {
      escape_ = 1;
      return true;
    }
    if (c == '&') {
      if (place_ == Place::name) return !named_;
      return end_value();
    }
    if (c == '=' && place_ == Place::name) return end_name();
    return put_decoded(c == '+' ? ' ' : c);
  }
  bool unescape(char c) {
    const unsigned digit = hex_digit(c);
    if (digit > 15) return false;
    if (escape_ == 1) {
      high_ = digit;
      escape_ = 2;
      return true;
    }
    escape_ = 0;
    return put_decoded(static_cast<char>(high_ * 16 + digit));
  }
  bool put_decoded(char c) {
    if (place_ == Place::value) {
      if (!utf8_.accept(c)) return false;
      handler_.on_string_part({&c, 1}, 1, error_);
      return true;
    }
    const bool known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.' || c == '[' || c == ']';
    if (!known) return false;
    if (!begun_) handler_.on_object_begin(error_);
    begun_ = true;
    named_ = true;
    handler_.on_key_part({&c, 1}, 1, error_);
    return true;
  }
  bool end_name() {
    if (!named_) return false;
    handler_.on_key({}, 0, error_);
    named_ = false;
    place_ = Place::value;
    return true;
  }
  bool end_value() {
    if (!utf8_.whole()) return false;
    handler_.on_string({}, 0, error_);
    place_ = Place::name;
    return true;
  }
  bool end_line() {
    ended_ = true;
    return place_ == Place::value ? end_value() : !named_;
  }

  JsonHandler& handler_;
  JsonHandler::Error error_{};
  Utf8Check utf8_{};
  Place place_ = Place::name;
  unsigned char escape_ = 0;  // 1 and 2: the digit that is next
  unsigned high_ = 0;
  bool named_ = false;
  bool begun_ = false;
  bool ended_ = false;
};

}  // namespace florin::wire::detail
