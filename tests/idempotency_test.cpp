// SPDX-License-Identifier: Apache-2.0
#include <florin/idempotency.hpp>
#include <florin/wire/idempotency.hpp>
#include <florin/wire/limit.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(idempotency)
namespace {

using std::string;
using std::string_view;

struct Stripe {
  static constexpr string_view name = "stripe";
};
struct Other {
  static constexpr string_view name = "other";
};
struct Long {
  static constexpr string_view name = "stripe6:create1:x";
};
struct Update {
  static constexpr string_view name = "update";
};
struct Plain : Stripe {
  using Idempotency = florin::wire::IdempotencyHeader<"K", 64, florin::wire::ReplayedUnmarked,
                                                      florin::wire::OnlyAlphanumericAnd<"">>;
  struct Update {
    using Idempotency = florin::wire::IdempotencyHeader<"K", 32>;
  };
};
struct Short : Stripe {
  using Idempotency = florin::wire::IdempotencyHeader<"K", 32>;
  struct Update {};
};

template <class P, class Operation = florin::Create>
string key(string_view id) {
  return florin::derive_idempotency_key<P, Operation>(id).str();
}

}  // namespace

// Computed with Python: the first 16 bytes of hashlib.sha256 over "8:florin 1", "6:stripe",
// "6:create" and "15:cust_user_12345" in one, with the version and variant bits of a UUID set.
BOOST_AUTO_TEST_CASE(known_keys) {
  BOOST_TEST(key<Stripe>("cust_user_12345") == "bb4ad9d7-5a40-8fe3-aa30-a65b54345e93");
  BOOST_TEST(key<Stripe>("") == "1701cef0-e9bd-8516-8ddb-1f1781c16fd0");
  string umlauts;
  for (int i = 0; i < 200; ++i) umlauts += "\xc3\xbc";
  BOOST_TEST(key<Stripe>(umlauts) == "5e9b5772-f11c-887f-81a3-cef55e7566bc");
  BOOST_TEST(key<Other>("cust_user_12345") == "4a05d6f3-bc45-8492-9574-3b66692b471a");
  BOOST_TEST((key<Stripe, Update>("cust_user_12345")) == "e0ee8c77-cb7b-8aff-b476-8c9e28fa6532");
}

BOOST_AUTO_TEST_CASE(keys_hold_no_personal_data_and_have_the_form_of_a_uuid) {
  const string id = "ana@example.com";
  const string text = key<Stripe>(id);
  BOOST_TEST(text.size() == 36u);
  BOOST_TEST((text.find("ana") == string::npos));
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23)
      BOOST_TEST(text[i] == '-');
    else
      BOOST_TEST((string_view{"0123456789abcdef"}.find(text[i]) != string_view::npos));
  }
  BOOST_TEST(text[14] == '8');
  BOOST_TEST((string_view{"89ab"}.find(text[19]) != string_view::npos));
}

BOOST_AUTO_TEST_CASE(keys_go_without_hyphens_where_those_are_not_accepted) {
  BOOST_TEST(key<Plain>("cust_user_12345") == "bb4ad9d75a408fe3aa30a65b54345e93");
  BOOST_TEST(key<Short>("cust_user_12345") == "bb4ad9d75a408fe3aa30a65b54345e93");
  const auto fresh = florin::fresh_idempotency_key<Plain>();
  BOOST_TEST(fresh.view().size() == 32u);
  BOOST_TEST((fresh.view().find('-') == string_view::npos));
  BOOST_TEST((fresh != florin::fresh_idempotency_key<Plain>()));
  // Where nothing is said of an update's keys, they are not sent.
  BOOST_TEST(florin::fresh_idempotency_key<Short>().view().size() == 36u);
  BOOST_TEST(florin::fresh_idempotency_key().view().size() == 36u);
}

BOOST_AUTO_TEST_CASE(keys_are_stable_and_distinct) {
  std::set<string> all;
  for (int i = 0; i < 1000; ++i) {
    const string id = "cust-" + std::to_string(i);
    BOOST_TEST(key<Stripe>(id) == key<Stripe>(id));
    all.insert(key<Stripe>(id));
    all.insert(key<Other>(id));
    all.insert(key<Stripe, Update>(id));
  }
  BOOST_TEST(all.size() == 3000u);
}

BOOST_AUTO_TEST_CASE(parts_do_not_run_into_each_other) {
  BOOST_TEST(key<Long>("x") != key<Stripe>("6:create1:x"));
  BOOST_TEST(key<Stripe>(string_view{"a\0b", 3}) != key<Stripe>("a"));
}

BOOST_AUTO_TEST_SUITE_END()
