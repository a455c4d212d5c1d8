// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "output_file.hpp"

namespace florin_import {

/// A CSV file with a header.
class CsvFile {
 public:
  /// Errors: `Stop`, as of all others.
  CsvFile(std::string path, std::initializer_list<std::string_view> header)
      : file_(std::move(path)) {
    row(header);
  }

  [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }
  void row(std::initializer_list<std::string_view> values) {
    std::string line;
    for (const std::string_view& value : values) {
      if (&value != values.begin()) line += ',';
      const bool plain = value.find_first_of(",\"\r\n") == std::string_view::npos;
      if (!plain) line += '"';
      for (const char c : value) line.append(c == '"' ? 2 : 1, c);
      if (!plain) line += '"';
    }
    file_.write(line += "\r\n");
  }

 private:
  OutputFile file_;
};

}  // namespace florin_import
