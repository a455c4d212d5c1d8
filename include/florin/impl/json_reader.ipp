// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/impl/json_handler.ipp>
#include <florin/secret.hpp>
#include <florin/wire/json_reader.hpp>

#include <boost/json/basic_parser.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <string_view>

namespace florin::wire {

namespace detail {

inline boost::json::parse_options json_options() noexcept {
  boost::json::parse_options result;
  result.max_depth = JsonReader::max_depth;
  return result;
}

}  // namespace detail

class JsonReader::Parser : public boost::json::basic_parser<detail::JsonHandler> {
 public:
  using basic_parser::basic_parser;
};

FLORIN_DECL JsonReader::Parser& JsonReader::parser() noexcept {
  return *std::launder(reinterpret_cast<Parser*>(parser_.data()));
}
FLORIN_DECL const JsonReader::Parser& JsonReader::parser() const noexcept {
  return *std::launder(reinterpret_cast<const Parser*>(parser_.data()));
}

FLORIN_DECL JsonReader::JsonReader(const PathTable& paths) : paths_(&paths) {
  static_assert(sizeof(Parser) <= parser_size && alignof(Parser) <= alignof(std::max_align_t),
                "florin: this Boost.JSON's parser is larger than JsonReader::parser_size");
  ::new (static_cast<void*>(parser_.data())) Parser{detail::json_options(), paths};
}

FLORIN_DECL JsonReader::~JsonReader() {
  reset();
  std::destroy_at(&parser());
}

FLORIN_DECL void JsonReader::keep(const PathTable& paths, RecordLog* record) noexcept {
  paths_ = &paths;
  parser().handler().keep(paths, record);
}

FLORIN_DECL void JsonReader::reset() noexcept {
  parser().reset();
  parser().handler().reset();
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
  parser().handler().expect(piece);
  const std::size_t used = parser().write_some(!last, piece.data(), piece.size(), ec);
  if (parser().handler().expect({})) florin::detail::wipe_stack<8192>();
  failed_ = ec.failed() || used != piece.size();
  if (failed_) parser().handler().drop_open_value();
}

FLORIN_DECL bool JsonReader::complete() const noexcept {
  return !failed_ && parser().done();
}

FLORIN_DECL JsonReader::Capture JsonReader::operator[](Slot slot) const noexcept {
  Capture best;
  for (std::size_t i = 0; i < Paths::capacity && best.text.empty(); ++i) {
    const int place = paths_->kept_in(slot, i);
    if (place < 0) break;
    const auto found = parser().handler().capture(static_cast<std::size_t>(place));
    if (found.present && (!best.present || !found.text.empty())) best = found;
  }
  return best;
}

}  // namespace florin::wire
