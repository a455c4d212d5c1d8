// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fault.hpp"
#include "input.hpp"

namespace florin_import {

/// Some lines of the input that belong together.
struct Piece {
  std::uint64_t line = 0;   ///< its first line, from 1
  std::uint64_t last = 0;   ///< its last line
  std::string_view text{};  ///< without the end of the last line; valid until the next piece
  bool too_long = false;    ///< it has more bytes than allowed, which were thrown away
  bool open = false;        ///< the input ended within quotes
};

/// Cuts the input into pieces: lines, or lines that quotes hold together. Keeps no more bytes than
/// one piece may have.
class Pieces {
 public:
  /// Most bytes of a piece.
  static constexpr std::size_t longest = std::size_t{1} << 20U;

  /// \param quotes whether an end of line between double quotes is none. Errors: `Stop`.
  Pieces(const Input& input, bool quotes) : input_(input), quotes_(quotes) {
    fill();
    const std::string_view start = rest();
    if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff"))
      throw Stop{input.name() + " is UTF-16: convert it first (iconv -f UTF-16 -t UTF-8)"};
    if (start.starts_with("\xef\xbb\xbf")) at_ += 3;
  }

  /// The next piece; nothing: that was all. Errors: `Stop`.
  [[nodiscard]] std::optional<Piece> next() {
    kept_.clear();
    Piece piece{.line = line_, .last = line_};
    bool within = false;
    bool any = false;
    while (fill()) {
      any = true;
      const std::string_view here = rest();
      const auto end = here.find('\n');
      const std::string_view part = here.substr(0, end);
      if (quotes_ && std::count(part.begin(), part.end(), '"') % 2 != 0) within = !within;
      keep(part, piece);
      at_ += part.size();
      if (end == std::string_view::npos) continue;
      ++at_;
      piece.last = line_++;
      if (!within) return done(piece);
      keep("\n", piece);
    }
    if (!any) return std::nullopt;
    piece.last = line_++;
    piece.open = within;
    return done(piece);
  }
  /// How many bytes have been read.
  [[nodiscard]] std::uint64_t place() const noexcept { return read_ - (buffer_.size() - at_); }

 private:
  [[nodiscard]] std::string_view rest() const noexcept {
    return std::string_view{buffer_}.substr(at_);
  }
  /// \return whether there is anything to read.
  bool fill() {
    if (at_ < buffer_.size()) return true;
    buffer_.resize(std::size_t{1} << 16U);
    buffer_.resize(input_.read(read_, buffer_));
    read_ += buffer_.size();
    at_ = 0;
    return !buffer_.empty();
  }
  void keep(std::string_view part, Piece& piece) {
    if (kept_.size() + part.size() > longest) {
      piece.too_long = true;
      kept_.clear();
      kept_.shrink_to_fit();
    }
    if (!piece.too_long) kept_ += part;
  }
  [[nodiscard]] Piece done(Piece piece) {
    if (kept_.ends_with('\r')) kept_.pop_back();
    piece.text = kept_;
    return piece;
  }

  const Input& input_;
  bool quotes_;
  std::string buffer_{};
  std::size_t at_ = 0;
  std::uint64_t read_ = 0;
  std::uint64_t line_ = 1;
  std::string kept_{};
};

}  // namespace florin_import
