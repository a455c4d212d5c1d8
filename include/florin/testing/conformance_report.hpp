// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/field.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace florin::testing {

/// What came of one check.
enum class Verdict : std::uint8_t { passed, failed, skipped };

/// `"passed"`, `"failed"` or `"skipped"`.
constexpr std::string_view to_string(Verdict verdict) noexcept {
  return verdict == Verdict::passed ? "passed" : verdict == Verdict::failed ? "failed" : "skipped";
}

/// One promise that every policy makes, and whether it is kept.
struct ConformanceCheck {
  std::string name{};                 ///< snake_case, e.g. `"length_limits"`
  Verdict verdict = Verdict::passed;  ///< whether it is kept
  std::string detail{};  ///< a sentence: what was seen, what is wrong, or why it was skipped
};

/// The result of `check_conformance`. Streams as one line per check. Holds no credential.
struct ConformanceReport {
  std::string connector{};                 ///< the policy's name
  std::vector<ConformanceCheck> checks{};  ///< all of them, in the order of trial

  /// How many checks ended so.
  [[nodiscard]] std::size_t count(Verdict verdict) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        checks.begin(), checks.end(),
        [verdict](const ConformanceCheck& check) { return check.verdict == verdict; }));
  }
  /// Whether something passed and nothing failed.
  [[nodiscard]] bool ok() const noexcept {
    return count(Verdict::failed) == 0 && count(Verdict::passed) != 0;
  }
  /// The check of that name; null when there is none.
  [[nodiscard]] const ConformanceCheck* find(std::string_view name) const noexcept {
    for (const ConformanceCheck& check : checks)
      if (check.name == name) return &check;
    return nullptr;
  }

  friend std::ostream& operator<<(std::ostream& out, const ConformanceReport& report) {
    for (const ConformanceCheck& check : report.checks)
      out << to_string(check.verdict) << ' ' << check.name << ": " << check.detail << '\n';
    return out << report.connector << ": " << report.count(Verdict::passed) << " passed, "
               << report.count(Verdict::failed) << " failed, " << report.count(Verdict::skipped)
               << " skipped\n";
  }
};

/// What a check of conformance does differently for a peculiar processor.
struct ConformanceSettings {
  /// The request whose fields are tried. The reference, the number in the email address and the
  /// last four digits of the phone are made different for every customer.
  CreateRequest sample{.merchant_customer_id = "florin",
                       .email = "ada@example.com",
                       .name = "Ada King Lovelace",
                       .phone = "+15551230000",
                       .description = "Premium plan subscriber",
                       .metadata = {{"tier", "gold"}, {"source", "web"}},
                       .address = {.line1 = "510 Townsend St",
                                   .line2 = "Suite 100",
                                   .city = "San Francisco",
                                   .state = "CA",
                                   .zip = "94103",
                                   .country = "US"}};
  /// Fields that every request gives beside the required ones, where a processor wants one of
  /// several.
  FieldSet always{};
  /// What is given where the processor creates no customer without a payment method.
  std::string payment_token = "tokFlorin0001";
  /// Whether a stored text is the processor's documented form of a given one. Empty: only the same
  /// text is, besides split names, lines joined with ", ", and alpha-3 countries.
  std::function<bool(florin::Field field, std::string_view given, std::string_view stored)>
      same_value{};
};

}  // namespace florin::testing
