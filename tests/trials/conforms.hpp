// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/testing/conformance.hpp>
#include <florin/testing/processor.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>

namespace florin_test {

/// The phone is stored as its digits, with or without a plus, or without the calling code of North
/// America, where the processor takes nothing else.
inline bool same_phone(florin::Field field, std::string_view given, std::string_view stored) {
  if (given == stored) return true;
  std::string digits;
  for (char c : given)
    if (c >= '0' && c <= '9') digits += c;
  return field == florin::Field::phone &&
         (digits == stored || '+' + digits == stored || digits == '1' + std::string{stored});
}

/// A policy against its processor's sandbox, which was written from the same documents and not
/// from the policy. The checks in `expected` may fail, everything else must not. Within a test
/// case.
template <class P>
void conforms(const florin::testing::Processor& processor,
              florin::testing::ConformanceOptions<P> options = {},
              const std::set<std::string>& expected = {}) {
  options.same_value = same_phone;
  const auto report = florin::testing::check_conformance<P>(processor, options);
  BOOST_TEST(report.count(florin::testing::Verdict::passed) >= 15U);
  for (const auto& check : report.checks)
    if (check.verdict == florin::testing::Verdict::failed)
      BOOST_TEST(expected.contains(check.name), check.name << ": " << check.detail);
}

/// Where every request of the checks has to give these.
template <class P>
void conforms(const florin::testing::Processor& processor, florin::FieldSet always) {
  florin::testing::ConformanceOptions<P> options;
  options.always = always;
  conforms<P>(processor, options);
}

}  // namespace florin_test
