// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstdint>
#include <ostream>
#include <string_view>

namespace florin {

/// How `ensure` settles whether a customer exists, and what two processes that ensure the same
/// customer at the same time get.
enum class EnsureGuarantee : std::uint8_t {
  /// The processor recognises the key, which both derive from the same reference: one customer, the
  /// same id for both, for as long as the processor keeps keys.
  by_key,
  /// The processor refuses a second one: one customer; whoever comes second is told its id or finds
  /// it.
  by_uniqueness,
  /// The customer is looked up before it is created, and again when an answer is lost: one
  /// customer, unless two processes do so at the same time: each may create one then, and whoever
  /// comes later is told that there are several. A process that has died counts as long as what it
  /// has sent may be executed, or is not found yet: wait before you ask again.
  by_lookup,
  /// The processor has neither: a lost answer stays `Outcome::unknown`, and a second call, after a
  /// crash as well, makes a second customer.
  only_reported,
};

/// The snake_case name, e.g. `"by_key"`.
constexpr std::string_view to_string(EnsureGuarantee guarantee) noexcept {
  switch (guarantee) {
    case EnsureGuarantee::by_key:
      return "by_key";
    case EnsureGuarantee::by_uniqueness:
      return "by_uniqueness";
    case EnsureGuarantee::by_lookup:
      return "by_lookup";
    case EnsureGuarantee::only_reported:
      return "only_reported";
  }
  return "only_reported";
}

/// Writes the name, as `to_string`.
inline std::ostream& operator<<(std::ostream& out, EnsureGuarantee guarantee) {
  return out << to_string(guarantee);
}

}  // namespace florin
