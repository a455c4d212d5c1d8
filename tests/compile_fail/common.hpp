// SPDX-License-Identifier: Apache-2.0
// What the files in here include for the most part: precompiled, and included in each before its first line.

#include <florin/customer.hpp>
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/static_request.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
