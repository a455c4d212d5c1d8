// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/policies.hpp>

/// `AnyClient`, which chooses from all policies unless it is given others.
namespace florin::detail {

template <>
struct PoliciesToChoose<void> {
  using type = AllPolicies;
};

}  // namespace florin::detail
