// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "csv_file.hpp"
#include "customers.hpp"
#include "fault.hpp"
#include "input.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "references.hpp"
#include "tally.hpp"

namespace florin_import {

/// The first reading of the input: what the processor would refuse is written into a file, and
/// nobody is asked.
class Check {
 public:
  /// Errors: `Stop`, as of all others.
  Check(const Input& input, const Options& options, const florin::AnyClient& client, Tally& tally)
      : input_(input),
        options_(options),
        tally_(tally),
        customers_(input, options, client),
        problems_(options.report + ".problems.csv", {"line", "field", "column", "code", "reason"}) {
  }

  /// Reads some lines.
  /// \return whether there are more.
  bool proceed(std::size_t lines, Progress& progress) {
    for (; lines != 0; --lines) {
      const auto next = customers_.next();
      if (!next) {
        compare();
        return false;
      }
      ++read_;
      if (const auto* const fault = std::get_if<LineFault>(&*next)) {
        tell(*fault);
        continue;
      }
      const auto& customer = std::get<Customer>(*next);
      const auto reference = References::hash_of(customer.request.merchant_customer_id);
      references_.add(customer.line, reference, customer.request);
      if (References::belongs(reference, options_.part)) ++tally_.lines;
    }
    progress.checked(customers_.place(), input_.size(), read_, tally_.bad);
    return true;
  }
  /// Lines with something in them.
  [[nodiscard]] std::uint64_t read() const noexcept { return read_; }
  [[nodiscard]] const std::string& problems() const noexcept { return problems_.path(); }
  [[nodiscard]] const std::set<std::string>& unused() const noexcept { return customers_.unused(); }
  [[nodiscard]] const References& references() const noexcept { return references_; }

 private:
  void tell(const LineFault& fault) {
    ++tally_.bad;
    problems_.row(
        {std::to_string(fault.line), fault.field, fault.column, fault.code, fault.reason});
  }
  void compare() {
    references_.compare(
        [this](std::uint64_t line, std::uint64_t first, const References::Hash& reference) {
          tell({line,
                std::string{to_string(florin::Field::merchant_customer_id)},
                {},
                "ambiguous",
                line == first
                    ? "stands on a later line as well, with other data"
                    : "stands on line " + std::to_string(first) + " as well, with other data"});
          if (References::belongs(reference, options_.part)) --tally_.lines;
        });
    tally_.repeated = references_.repeated();
  }

  const Input& input_;
  const Options& options_;
  Tally& tally_;
  Customers customers_;
  CsvFile problems_;
  References references_{};
  std::uint64_t read_ = 0;
};

}  // namespace florin_import
