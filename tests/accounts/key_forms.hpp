// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

/// What can be told of a key by its beginning, as the processors document it.
namespace florin_test {

/// How keys of one kind begin.
struct KeyForm {
  std::string_view connector;  ///< whose; empty: anybody's
  std::string_view begin;
  std::string_view unless{};  ///< what begins so is of the other kind
};

/// Keys that move money. Nothing overrules that.
inline constexpr std::array live_keys{
    KeyForm{"", "sk_live_"},
    KeyForm{"", "rk_live_"},
    KeyForm{"", "live_"},
    KeyForm{"razorpay", "rzp_live_"},
    KeyForm{"xendit", "xnd_production_"},
    KeyForm{"payload", "secret_key_"},
    KeyForm{"omise", "skey_", "skey_test_"},
    KeyForm{"checkoutcom", "sk_", "sk_sbox_"},
};

/// Keys of test accounts, where one host serves both worlds.
inline constexpr std::array test_keys{
    KeyForm{"stripe", "sk_test_"},    KeyForm{"stripe", "rk_test_"},
    KeyForm{"paystack", "sk_test_"},  KeyForm{"payjp", "sk_test_"},
    KeyForm{"shift4", "sk_test_"},    KeyForm{"shift4", "pr_test_"},
    KeyForm{"razorpay", "rzp_test_"}, KeyForm{"mollie", "test_"},
    KeyForm{"omise", "skey_test_"},   KeyForm{"payload", "test_secret_key_"},
    KeyForm{"mercadopago", "TEST-"},  KeyForm{"xendit", "xnd_development_"},
};

/// Whether a key has one of the forms.
template <class Forms>
constexpr bool has_form(const Forms& forms, std::string_view connector, std::string_view key) {
  return std::any_of(forms.begin(), forms.end(), [&](const KeyForm& form) {
    return (form.connector.empty() || form.connector == connector) && key.starts_with(form.begin) &&
           (form.unless.empty() || !key.starts_with(form.unless));
  });
}

static_assert(has_form(live_keys, "stripe", "sk_live_1") && has_form(live_keys, "omise", "skey_1"));
static_assert(!has_form(live_keys, "omise", "skey_test_1") &&
              !has_form(live_keys, "revolut", "sk_1"));

}  // namespace florin_test
