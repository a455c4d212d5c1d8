// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/customer.hpp>
#include <florin/policies.hpp>
#include <florin/policy.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace florin_fuzz {

/// Everything that a policy may offer.
using Operations = std::tuple<florin::Create, florin::Retrieve, florin::Update, florin::Delete,
                              florin::FindByEmail, florin::FindByReference, florin::FetchToken>;
inline constexpr std::size_t operation_count = std::tuple_size_v<Operations>;
inline constexpr std::size_t policy_count = std::tuple_size_v<florin::AllPolicies>;

/// Calls `visit.operator()<P, Operation>()` of the policy and the operation with these numbers.
/// \return whether the policy offers the operation.
template <class Visitor>
bool visit_operation(std::size_t policy, std::size_t operation, Visitor visit) {
  bool offered = false;
  const auto of_policy = [&]<class P, std::size_t... O>(std::index_sequence<O...>) {
    const auto one = [&]<class Operation>() {
      if constexpr (florin::offers<P, Operation>) {
        visit.template operator()<P, Operation>();
        offered = true;
      }
    };
    ((operation == O ? one.template operator()<std::tuple_element_t<O, Operations>>() : void()),
     ...);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((policy == I ? of_policy.template operator()<std::tuple_element_t<I, florin::AllPolicies>>(
                        std::make_index_sequence<operation_count>{})
                  : void()),
     ...);
  }
  (std::make_index_sequence<policy_count>{});
  return offered;
}

}  // namespace florin_fuzz
