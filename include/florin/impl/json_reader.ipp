// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/code_line.hpp>
#include <florin/impl/form_scanner.ipp>
#include <florin/impl/json_handler.ipp>
#include <florin/impl/xml_scanner.ipp>
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
#include <type_traits>

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
  explicit Parser(const PathTable& paths) : basic_parser(detail::json_options(), paths) {}
  /// \return whether the document is well-formed so far, and whole if this is the `last` piece.
  bool read(std::string_view piece, bool last) {
    boost::system::error_code ec;
    const std::size_t used = write_some(!last, piece.data(), piece.size(), ec);
    return !ec.failed() && used == piece.size() && (!last || done());
  }
};

namespace detail {

/// What reads a text that is no JSON, with what keeps its values.
template <class Scanner>
class ScannerParser {
 public:
  explicit ScannerParser(const PathTable& paths) : handler_(paths), scanner_(handler_) {}
  JsonHandler& handler() noexcept { return handler_; }
  void reset() noexcept { scanner_.reset(); }
  bool read(std::string_view piece, bool last) {
    return scanner_.write(piece) && (!last || scanner_.finish());
  }

 private:
  JsonHandler handler_;
  Scanner scanner_;
};

}  // namespace detail

class JsonReader::FormParser : public detail::ScannerParser<detail::FormScanner> {
 public:
  using ScannerParser::ScannerParser;
};
class JsonReader::XmlParser : public detail::ScannerParser<detail::XmlScanner> {
 public:
  using ScannerParser::ScannerParser;
};

template <class Type>
Type& JsonReader::parser() noexcept {
  static_assert(sizeof(Type) <= parser_size && alignof(Type) <= alignof(std::max_align_t),
                "florin: this Boost.JSON's parser is larger than JsonReader::parser_size");
  return *std::launder(reinterpret_cast<Type*>(parser_.data()));
}

/// Calls `visitor` with the `std::type_identity` of the parser's type.
template <class Visitor>
[[gnu::aligned(florin::detail::code_line)]] auto JsonReader::visit_type(Visitor visitor) const {
  if (syntax_ == Syntax::json) [[likely]]
    return visitor(std::type_identity<Parser>{});
  if (syntax_ == Syntax::form) return visitor(std::type_identity<FormParser>{});
  return visitor(std::type_identity<XmlParser>{});
}

/// Calls `visitor(parser)`.
template <class Visitor>
auto JsonReader::visit(Visitor visitor) {
  return visit_type([&]<class Type>(std::type_identity<Type>) { return visitor(parser<Type>()); });
}

FLORIN_DECL JsonReader::JsonReader(const PathTable& paths, Syntax syntax)
    : paths_(&paths), syntax_(syntax) {
  visit_type([&]<class Type>(std::type_identity<Type>) {
    handler_ = &(::new (static_cast<void*>(parser_.data())) Type{paths})->handler();
  });
}

FLORIN_DECL JsonReader::~JsonReader() {
  reset();
  visit([](auto& used) { std::destroy_at(&used); });
}

FLORIN_DECL void JsonReader::keep(const PathTable& paths, RecordLog* record) noexcept {
  paths_ = &paths;
  handler_->keep(paths, record);
}

FLORIN_DECL void JsonReader::reset() noexcept {
  visit([](auto& used) { used.reset(); });
  handler_->reset();
  mark_ = 0;
  begun_ = false;
  failed_ = false;
  whole_ = false;
}

FLORIN_DECL void JsonReader::write(std::string_view piece, bool last) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  while (!begun_ && mark_ < mark.size() && !piece.empty()) {
    if (piece.front() != mark[mark_]) [[likely]] {
      if (mark_ != 0) failed_ = true;
      break;
    }
    piece.remove_prefix(1);
    ++mark_;
  }
  if (failed_ || (piece.empty() && !last)) return;
  begun_ = true;
  handler_->expect(piece);
  failed_ = !visit([piece, last](auto& used) { return used.read(piece, last); });
  if (handler_->expect({})) florin::detail::wipe_stack<8192>();
  whole_ = last && !failed_;
  if (failed_) handler_->drop_open_value();
}

FLORIN_DECL bool JsonReader::complete() const noexcept {
  return whole_;
}

FLORIN_DECL JsonReader::Capture JsonReader::operator[](Slot slot) const noexcept {
  Capture best;
  for (std::size_t i = 0; i < Paths::capacity && best.text.empty(); ++i) {
    const int place = paths_->kept_in(slot, i);
    if (place < 0) break;
    const auto found = handler_->capture(static_cast<std::size_t>(place));
    if (found.present && (!best.present || !found.text.empty())) best = found;
  }
  return best;
}

}  // namespace florin::wire
