// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/customer.hpp>
#include <florin/policies.hpp>
#include <florin/policy.hpp>

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>

namespace florin_fuzz {

/// Everything that a policy may offer.
using Operations = std::tuple<florin::Create, florin::Retrieve, florin::Update, florin::Delete,
                              florin::FindByEmail, florin::FindByReference, florin::FetchToken>;
inline constexpr std::size_t operation_count = std::tuple_size_v<Operations>;
inline constexpr std::size_t policy_count = std::tuple_size_v<florin::AllPolicies>;

/// The number of the policy with this name; of another text, which may be one with a flaw, some
/// number that it alone decides.
inline std::size_t policy_named(std::string_view name) {
  std::size_t number = 0;
  std::size_t found = policy_count;
  std::size_t sum = 0;
  for (const char c : name) sum = sum * 31 + static_cast<unsigned char>(c);
  const auto look = [&]<class P>() {
    if (name == P::name) found = number;
    ++number;
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (look.template operator()<std::tuple_element_t<I, florin::AllPolicies>>(), ...);
  }
  (std::make_index_sequence<policy_count>{});
  return found == policy_count ? sum % policy_count : found;
}

/// Calls `visit.operator()<P, Operation>(policy, operation)` of each operation that is offered,
/// with the numbers of both, for every `Step`th policy from number `First` on.
template <std::size_t First = 0, std::size_t Step = 1, class Visitor>
void each_operation(Visitor visit) {
  const auto of_policy = [&]<std::size_t I, std::size_t... O>(std::index_sequence<O...>) {
    if constexpr (I % Step == First) {
      using P = std::tuple_element_t<I, florin::AllPolicies>;
      const auto one = [&]<std::size_t Number>() {
        using Operation = std::tuple_element_t<Number, Operations>;
        if constexpr (florin::offers<P, Operation>)
          visit.template operator()<P, Operation>(I, Number);
      };
      (one.template operator()<O>(), ...);
    }
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (of_policy.template operator()<I>(std::make_index_sequence<operation_count>{}), ...);
  }
  (std::make_index_sequence<policy_count>{});
}

}  // namespace florin_fuzz
