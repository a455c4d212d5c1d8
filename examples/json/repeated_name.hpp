// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What Boost.JSON does not tell of a text.
namespace json_example {

/// Collects the names of open objects, for a `boost::json::basic_parser`.
class NameCollector {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  std::optional<std::string> repeated{};  ///< the first name that stands twice in its object

  using Code = boost::system::error_code;
  bool on_object_begin(Code& /*ec*/) {
    begins_.push_back(names_.size());
    return true;
  }
  bool on_object_end(std::size_t /*count*/, Code& /*ec*/) {
    const auto begin = names_.begin() + static_cast<std::ptrdiff_t>(begins_.back());
    begins_.pop_back();
    std::sort(begin, names_.end());
    const auto twice = std::adjacent_find(begin, names_.end());
    if (twice != names_.end() && !repeated) repeated = *twice;
    names_.erase(begin, names_.end());
    return true;
  }
  bool on_key_part(std::string_view part, std::size_t /*size*/, Code& /*ec*/) {
    key_.append(part);
    return true;
  }
  bool on_key(std::string_view part, std::size_t /*size*/, Code& /*ec*/) {
    key_.append(part);
    names_.push_back(std::exchange(key_, {}));
    return true;
  }
  bool on_document_begin(Code& /*ec*/) { return true; }
  bool on_document_end(Code& /*ec*/) { return true; }
  bool on_array_begin(Code& /*ec*/) { return true; }
  bool on_array_end(std::size_t /*count*/, Code& /*ec*/) { return true; }
  bool on_string_part(std::string_view /*part*/, std::size_t /*size*/, Code& /*ec*/) {
    return true;
  }
  bool on_string(std::string_view /*part*/, std::size_t /*size*/, Code& /*ec*/) { return true; }
  bool on_number_part(std::string_view /*part*/, Code& /*ec*/) { return true; }
  bool on_int64(std::int64_t /*number*/, std::string_view /*part*/, Code& /*ec*/) { return true; }
  bool on_uint64(std::uint64_t /*number*/, std::string_view /*part*/, Code& /*ec*/) { return true; }
  bool on_double(double /*number*/, std::string_view /*part*/, Code& /*ec*/) { return true; }
  bool on_bool(bool /*value*/, Code& /*ec*/) { return true; }
  bool on_null(Code& /*ec*/) { return true; }
  bool on_comment_part(std::string_view /*part*/, Code& /*ec*/) { return true; }
  bool on_comment(std::string_view /*part*/, Code& /*ec*/) { return true; }

 private:
  std::vector<std::string> names_{};
  std::vector<std::size_t> begins_{};
  std::string key_{};
};

/// A name that stands twice in one object, of which a `boost::json::value` has the last alone.
/// \param text JSON.
/// \return nothing: there is none.
inline std::optional<std::string> repeated_name(std::string_view text,
                                                const boost::json::parse_options& options = {}) {
  boost::json::basic_parser<NameCollector> parser{options};
  boost::system::error_code ec;
  parser.write_some(false, text.data(), text.size(), ec);
  return std::move(parser.handler().repeated);
}

}  // namespace json_example
