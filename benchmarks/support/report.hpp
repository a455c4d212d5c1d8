// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace florin_bench {

/// The figures of one benchmark, as `run` reads them.
class Report {
 public:
  explicit Report(std::string_view benchmark) : benchmark_(benchmark) {}

  /// A figure that is shown and not judged.
  void row(std::string_view name, double value, std::string_view unit) {
    add(name, value, unit, nullptr, nullptr);
  }
  /// A figure that may be `limit` at most.
  void row(std::string_view name, double value, std::string_view unit, double limit) {
    add(name, value, unit, limit, value <= limit);
  }
  /// A figure that has to be `limit` at least, which its name says too.
  void row_at_least(std::string_view name, double value, std::string_view unit, double limit) {
    add(std::string{name} + ", at least", value, unit, limit, value >= limit);
  }
  /// A picture to be drawn.
  void plot(boost::json::object plot) { plots_.push_back(std::move(plot)); }
  /// What explains the figures.
  [[nodiscard]] boost::json::object& details() noexcept { return details_; }

  /// Writes the document. Errors: `std::runtime_error`.
  void write(const std::string& path) {
    if (!plots_.empty()) details_["plots"] = plots_;
    const boost::json::object document{
        {"benchmark", text(benchmark_)}, {"rows", rows_}, {"details", details_}};
    std::ofstream out{path};
    out << boost::json::serialize(document) << '\n';
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path);
  }

  /// Text as Boost.JSON's values want it.
  [[nodiscard]] static boost::json::string text(std::string_view value) {
    return boost::json::string{value.data(), value.size()};
  }

 private:
  void add(std::string_view name, double value, std::string_view unit, boost::json::value limit,
           boost::json::value met) {
    rows_.push_back(boost::json::object{{"name", text(name)},
                                        {"value", value},
                                        {"unit", text(unit)},
                                        {"limit", std::move(limit)},
                                        {"met", std::move(met)}});
  }

  std::string benchmark_;
  boost::json::array rows_;
  boost::json::array plots_;
  boost::json::object details_;
};

}  // namespace florin_bench
