// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/reply.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace florin::wire {

namespace detail {

class JsonHandler;

}  // namespace detail

/// Reads one document in any chunking and keeps only the values at declared places, the first one
/// where a place occurs again. It is JSON, or what can be read as if it were, see `Syntax`.
///
/// No document is built: a value that is not declared is skipped as it streams by. Captured text
/// lives in a fixed buffer, so nothing is allocated, and is wiped when it is forgotten. A
/// byte-order mark before the document is skipped.
///
/// Thread safety: one thread at a time.
class JsonReader {
 public:
  /// Deepest nesting that is read; a deeper document is an error.
  static constexpr std::size_t max_depth = 32;
  /// Bytes kept of one value; longer ones are cut and marked. A value for which there is no room
  /// left beside the others is not kept at all.
  static constexpr std::size_t max_capture = 1024;
  /// Bytes kept of an id, since a token stands in its place, and of what names the next page, since
  /// a link may.
  static constexpr std::size_t max_long_capture = max_token;

  /// A kept value.
  struct Capture {
    std::string_view text{};  ///< as it was decoded
    bool present = false;     ///< the member was there and not null
    bool cut = false;         ///< longer than could be kept; an id: neither a text nor digits
    bool list = false;        ///< it is a list
  };

  /// \param paths the places whose values are kept; their nodes have to outlive it. \param syntax
  /// what it reads.
  FLORIN_DECL explicit JsonReader(const PathTable& paths, Syntax syntax = Syntax::json);
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;
  FLORIN_DECL ~JsonReader();

  /// Keeps what stands at these places from now on. Call before the first byte of a document.
  /// \param paths the places; they have to outlive the reading.
  /// \param record gets the parts of a record; null: they are passed over.
  FLORIN_DECL void keep(const PathTable& paths, RecordLog* record = nullptr) noexcept;

  /// Forgets everything and wipes it; the next byte begins a new document.
  FLORIN_DECL void reset() noexcept;

  /// Reads a piece of the document. After an error the rest is ignored.
  /// \param piece the next bytes.
  /// \param last whether the document ends with this piece.
  FLORIN_DECL void write(std::string_view piece, bool last);

  /// Whether a whole well-formed document was read. Call after a `write` with `last`.
  [[nodiscard]] FLORIN_DECL bool complete() const noexcept;

  /// The best present value of a slot; an empty one only if there is no other.
  [[nodiscard]] FLORIN_DECL Capture operator[](Slot slot) const noexcept;

 private:
  /// Bytes that the parser needs. It is in place, so that nothing is allocated, and known to the
  /// core alone, so that whoever reads an answer does not include Boost.JSON.
  static constexpr std::size_t parser_size = 9984;

  class Parser;
  class FormParser;
  class XmlParser;
  template <class Type>
  [[nodiscard]] Type& parser() noexcept;
  template <class Visitor>
  auto visit_type(Visitor visitor) const;
  template <class Visitor>
  auto visit(Visitor visitor);

  const PathTable* paths_;
  detail::JsonHandler* handler_ = nullptr;
  Syntax syntax_;
  bool whole_ = false;
  std::size_t mark_ = 0;
  bool begun_ = false;
  bool failed_ = false;
  alignas(std::max_align_t) std::array<std::byte, parser_size> parser_;
};

}  // namespace florin::wire

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/json_reader.ipp>
#endif
