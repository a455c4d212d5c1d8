// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/secret.hpp>
#include <florin/wire/json_reader.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <string_view>

namespace florin::wire {

namespace detail {

inline boost::json::parse_options json_options() noexcept {
  boost::json::parse_options result;
  result.max_depth = JsonReader::max_depth;
  return result;
}

}  // namespace detail

FLORIN_DECL JsonReader::JsonReader(const PathTable& paths)
    : paths_(&paths), parser_(detail::json_options(), paths) {}

FLORIN_DECL void JsonReader::reset() noexcept {
  parser_.reset();
  parser_.handler().reset();
  mark_ = 0;
  begun_ = false;
  failed_ = false;
}

FLORIN_DECL void JsonReader::write(std::string_view piece, bool last) {
  if (failed_) return;
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  while (!begun_ && mark_ < mark.size() && !piece.empty()) {
    if (piece.front() != mark[mark_]) {
      if (mark_ != 0) failed_ = true;
      break;
    }
    piece.remove_prefix(1);
    ++mark_;
  }
  if (failed_ || (piece.empty() && !last)) return;
  begun_ = true;
  boost::system::error_code ec;
  parser_.handler().expect(piece);
  const std::size_t used = parser_.write_some(!last, piece.data(), piece.size(), ec);
  if (parser_.handler().expect({})) florin::detail::wipe_stack<8192>();
  failed_ = ec.failed() || used != piece.size();
}

FLORIN_DECL bool JsonReader::complete() const noexcept {
  return !failed_ && parser_.done();
}

FLORIN_DECL JsonReader::Capture JsonReader::operator[](Slot slot) const noexcept {
  Capture best;
  for (std::size_t i = 0; i < Paths::capacity && best.text.empty(); ++i) {
    const int place = paths_->kept_in(slot, i);
    if (place < 0) break;
    const auto found = parser_.handler().capture(static_cast<std::size_t>(place));
    if (found.present && (!best.present || !found.text.empty())) best = found;
  }
  return best;
}

}  // namespace florin::wire
