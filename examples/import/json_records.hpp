// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/utf8.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../json/repeated_name.hpp"
#include "fault.hpp"
#include "input.hpp"
#include "piece.hpp"
#include "record.hpp"

namespace florin_import {

/// JSON lines: an object a line. A member of an object within it has a dot in its name:
/// `address.city`.
class JsonRecords final : public Records {
 public:
  explicit JsonRecords(const Input& input) : pieces_(input, false) {}

  [[nodiscard]] Next next() override {
    while (const auto piece = pieces_.next()) {
      if (piece->too_long) return LineFault{piece->line, {}, {}, "too_long", too_long(piece->last)};
      if (piece->text.find_first_not_of(" \t") == std::string_view::npos) continue;
      return read(*piece);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::uint64_t place() const noexcept override { return pieces_.place(); }
  [[nodiscard]] const std::vector<std::string>* columns() const noexcept override {
    return nullptr;
  }

 private:
  [[nodiscard]] std::variant<Record, LineFault> read(const Piece& piece) {
    boost::system::error_code failure;
    boost::json::parse_options options;
    options.allow_invalid_utf8 = true;  // which is told of the member that has it
    const auto parsed = boost::json::parse(piece.text, failure, {}, options);
    if (failure) return LineFault{piece.line, {}, {}, "no_json", failure.message()};
    if (!parsed.is_object()) return LineFault{piece.line, {}, {}, "no_json", "is no object"};
    if (auto name = json_example::repeated_name(piece.text, options)) {
      if (!florin::wire::is_text(*name)) name->clear();
      return LineFault{piece.line, {}, *std::move(name), "repeated", "is there twice"};
    }
    names_.clear();
    Record record{.line = piece.line};
    LineFault fault{.line = piece.line};
    if (!flatten(parsed.get_object(), {}, record, fault)) return fault;
    // The order of an object's members says nothing.
    std::sort(record.values.begin(), record.values.end());
    const auto twice =
        std::adjacent_find(record.values.begin(), record.values.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != record.values.end())
      return LineFault{piece.line, {}, std::string{twice->first}, "repeated", "is there twice"};
    return record;
  }
  /// \return whether all went well; else `fault` says what did not.
  [[nodiscard]] bool flatten(const boost::json::object& object, const std::string& prefix,
                             Record& record, LineFault& fault) {
    for (const auto& [key, value] : object) {
      std::string name = prefix + std::string{std::string_view{key}};
      const auto bad = [&](std::string_view code, std::string_view reason) {
        fault.code = code;
        fault.reason = reason;
        if (florin::wire::is_text(name)) fault.column = name;
        return false;
      };
      if (!florin::wire::is_text(name)) return bad("encoding", no_utf8);
      if (value.is_null()) continue;
      if (value.is_object()) {
        if (!flatten(value.get_object(), name + '.', record, fault)) return false;
        continue;
      }
      std::string text;
      if (value.is_string()) {
        text = std::string_view{value.get_string()};
        if (!florin::wire::is_text(text)) return bad("encoding", no_utf8);
      } else if (value.is_bool()) {
        text = value.get_bool() ? "true" : "false";
      } else if (value.is_int64()) {
        text = std::to_string(value.get_int64());
      } else if (value.is_uint64()) {
        text = std::to_string(value.get_uint64());
      } else {
        record.unusable.emplace_back(
            names_.emplace_back(std::move(name)),
            value.is_double() ? "is a number with a fraction or an exponent: make it a text"
                              : "is an array, which stands for no text");
        continue;
      }
      if (!text.empty())
        record.values.emplace_back(names_.emplace_back(std::move(name)), std::move(text));
    }
    return true;
  }

  Pieces pieces_;
  std::deque<std::string> names_{};  // of the last record
};

}  // namespace florin_import
