// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <csv.h>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fault.hpp"
#include "input.hpp"
#include "piece.hpp"
#include "record.hpp"

namespace florin_import {

/// CSV as RFC 4180 has it, with a header. A fault of one line is told of that line; after a quote
/// where none may stand nobody can tell where the next line begins, so that is the end.
class CsvRecords final : public Records {
 public:
  /// Reads the header. Errors: `Stop`.
  /// \param separator between values.
  CsvRecords(const Input& input, char separator) : input_(input), pieces_(input, true) {
    if (::csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) != 0) throw Stop{"there is no memory"};
    ::csv_set_delim(&parser_, static_cast<unsigned char>(separator));
    // Blanks belong to the value that they stand in.
    ::csv_set_space_func(&parser_, [](unsigned char) { return 0; });
    try {
      read_header();
    } catch (...) {
      ::csv_free(&parser_);
      throw;
    }
  }
  ~CsvRecords() override { ::csv_free(&parser_); }

  [[nodiscard]] Next next() override {
    while (const auto piece = pieces_.next()) {
      if (piece->too_long && !piece->open)
        return LineFault{piece->line, {}, {}, "too_long", too_long(piece->last)};
      parse(*piece);
      if (values_.empty()) continue;  // an empty line
      if (values_.size() != columns_.size())
        return LineFault{piece->line,
                         {},
                         {},
                         "wrong_columns",
                         "has " + std::to_string(values_.size()) + " values, and the header has " +
                             std::to_string(columns_.size())};
      Record record{.line = piece->line};
      for (std::size_t i = 0; i < values_.size(); ++i) {
        if (!florin::wire::is_text(values_[i]))
          return LineFault{piece->line, {}, columns_[i], "encoding", std::string{no_utf8}};
        if (!values_[i].empty()) record.values.emplace_back(columns_[i], std::move(values_[i]));
      }
      return record;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::uint64_t place() const noexcept override { return pieces_.place(); }
  [[nodiscard]] const std::vector<std::string>* columns() const noexcept override {
    return &columns_;
  }

 private:
  void read_header() {
    const auto piece = pieces_.next();
    if (!piece) throw Stop{input_.name() + " is empty: a CSV file begins with its header"};
    if (piece->too_long) broken(*piece, "the header has more than 1 MiB");
    parse(*piece);
    std::set<std::string_view> names;
    for (const std::string& name : values_) {
      if (!florin::wire::is_text(name)) broken(*piece, "the header " + std::string{no_utf8});
      if (!names.insert(name).second)
        broken(*piece, "the header has two columns of the name " + name);
    }
    columns_ = std::exchange(values_, {});
    if (columns_.empty()) broken(*piece, "the header is empty");
  }
  [[noreturn]] void broken(const Piece& piece, std::string_view what) const {
    throw Stop{input_.name() + ", line " + std::to_string(piece.line) + ": " + std::string{what}};
  }
  void parse(const Piece& piece) {
    if (piece.open)
      broken(piece,
             "a quote is opened in the record that begins here, and never closed; what follows "
             "cannot be told apart");
    values_.clear();
    rows_ = 0;
    const auto value = [](void* text, std::size_t size, void* self) {
      static_cast<CsvRecords*>(self)->values_.emplace_back(static_cast<const char*>(text), size);
    };
    const auto row = [](int, void* self) { ++static_cast<CsvRecords*>(self)->rows_; };
    const auto read = ::csv_parse(&parser_, piece.text.data(), piece.text.size(), value, row, this);
    if (read != piece.text.size() || ::csv_fini(&parser_, value, row, this) != 0)
      broken(piece,
             "a quote stands where none may, in the record that begins here (RFC 4180: a value "
             "with a quote stands in quotes, and the quote in it twice); what follows cannot be "
             "told apart");
    if (rows_ > 1)
      broken(piece, "a carriage return ends a line: lines end with a line feed, or with both");
  }

  const Input& input_;
  Pieces pieces_;
  ::csv_parser parser_{};
  std::vector<std::string> columns_{};
  std::vector<std::string> values_{};
  std::size_t rows_ = 0;
};

}  // namespace florin_import
