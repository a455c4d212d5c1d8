// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/directory.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "onboarding/onboarding_bench.hpp"

/// What no database can do is not tried, for all others would wait while it fails over and over.
BOOST_AUTO_TEST_SUITE(onboarding_directory_keys)
namespace {

using namespace florin_test;
using florin::Field;
using ob::State;

/// A database that refuses what PostgreSQL refuses.
struct StrictStore : MemoryStore {
  using MemoryStore::MemoryStore;

  [[nodiscard]] std::vector<ob::Row> list(const ob::Listing& listing) {
    check(listing.scope);
    check(listing.after);
    if (listing.limit > static_cast<std::size_t>(std::numeric_limits<long long>::max()))
      throw std::runtime_error{"LIMIT must not be negative"};
    return MemoryStore::list(listing);
  }
  [[nodiscard]] ob::Counts count(const ob::Scope& scope) {
    check(scope);
    return MemoryStore::count(scope);
  }
  [[nodiscard]] std::vector<bool> update(std::span<const ob::Row> rows,
                                         std::span<const std::string> leases) {
    for (const ob::Row& row : rows) check(row.connector_customer_id);
    return MemoryStore::update(rows, leases);
  }

 private:
  static void check(const std::string& text) {
    if (!florin::wire::is_text(text)) throw std::runtime_error{"invalid byte sequence"};
  }
  static void check(const ob::Scope& scope) {
    check(scope.connector);
    check(scope.account);
  }
};

/// One that may lose the answer to `remove`.
struct ForgetfulStore : MemoryStore {
  using MemoryStore::MemoryStore;

  [[nodiscard]] bool remove(const ob::CustomerKey& key) {
    const bool removed = MemoryStore::remove(key);
    if (std::exchange(loses, false)) throw std::runtime_error{"the server is gone"};
    return removed;
  }

  bool loses = true;
};

const std::string no_text{"a\xff"};
const std::string nul{"a\0b", 3};

struct Strict {
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  ob::Directory directory{StrictStore{database}, quick()};

  Strict() { database->rows[{"m-1", "stripe", ""}].key = {"m-1", "stripe", ""}; }
};

BOOST_AUTO_TEST_CASE(of_what_is_no_text_there_are_no_rows) {
  Strict bench;
  for (const std::string& bad : {no_text, nul}) {
    for (const ob::Scope& scope : {ob::Scope{bad, ""}, ob::Scope{"stripe", bad}}) {
      const auto counts = bench.directory.count(scope);
      BOOST_TEST_REQUIRE(counts.has_value());
      BOOST_TEST(counts->pending == 0u);
      const auto rows = bench.directory.list({.scope = scope, .state = State::pending});
      BOOST_TEST_REQUIRE(rows.has_value());
      BOOST_TEST(rows->empty());
    }
    const auto error = error_of(
        bench.directory.list({.scope = {"stripe", ""}, .state = State::pending, .after = bad}));
    BOOST_TEST((error.code == Errc::invalid_options));
  }
  BOOST_TEST(bench.directory.trouble() == "");
}

BOOST_AUTO_TEST_CASE(any_number_of_rows_may_be_listed) {
  Strict bench;
  const auto rows = bench.directory.list({.scope = {"stripe", ""},
                                          .state = State::pending,
                                          .limit = std::numeric_limits<std::size_t>::max()});
  BOOST_TEST_REQUIRE(rows.has_value());
  BOOST_TEST(rows->size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_row_is_resolved_with_an_id_of_a_processor) {
  Strict bench;
  const ob::CustomerKey key{"m-1", "stripe", ""};
  for (const std::string& bad : {no_text, nul, std::string(256, 'c'), std::string{"a/b"}}) {
    const auto error = error_of(bench.directory.resolve(key, bad));
    BOOST_TEST((error.code == Errc::invalid_field));
    BOOST_TEST(error.param == "connector_customer_id");
  }
  BOOST_TEST(bench.database->row("m-1")->state == State::pending);
  BOOST_TEST(bench.directory.resolve(key, std::string(255, 'c')).value());
  BOOST_TEST(bench.directory.resolve(key, "").value());
}

BOOST_AUTO_TEST_CASE(a_key_may_be_so_long) {
  for (const bool async : {false, true}) {
    OnboardingBench<StripePolicy> bench{florin::testing::stripe()};
    std::string id;  // Stripe takes 500 characters, of four bytes each
    for (int i = 0; i < 500; ++i) id += "\xf0\x9f\x98\x80";
    const auto longer = error_of(bench.onboard(async, buyer(id)));
    BOOST_TEST((longer.code == Errc::invalid_field));
    BOOST_TEST((longer.field == Field::merchant_customer_id));
    BOOST_TEST((longer.outcome == Outcome::no_effect));
    BOOST_TEST(longer.connector == "stripe");
    BOOST_TEST(!longer.transient);
    const auto account =
        error_of(bench.onboard(async, buyer("m-1"), {.account = std::string(1995, 'a')}));
    BOOST_TEST((account.code == Errc::invalid_options));
    BOOST_TEST(bench.database->transactions == 0);
    BOOST_TEST(bench.sandbox.request_count() == 0u);
    const std::string fits(2000 - 6 - 3, 'a');
    BOOST_TEST(bench.onboard(async, buyer("m-1"), {.account = fits}).has_value());
    BOOST_TEST((error_of(bench.onboard(async, buyer("m-12"), {.account = fits})).code ==
                Errc::invalid_field));
  }
}

BOOST_AUTO_TEST_CASE(a_key_of_a_claim_is_text) {
  const auto code = [](const ob::CustomerKey& key) -> std::optional<Errc> {
    const auto fault = ob::detail::fault_of_key(key);
    if (!fault) return std::nullopt;
    return fault->code;
  };
  BOOST_TEST(!code({"m-1", "stripe", ""}).has_value());
  for (const std::string& bad : {no_text, nul}) {
    BOOST_TEST((code({bad, "stripe", ""}) == Errc::invalid_field));
    BOOST_TEST((code({"m-1", bad, ""}) == Errc::invalid_options));
    BOOST_TEST((code({"m-1", "stripe", bad}) == Errc::invalid_options));
  }
}

BOOST_AUTO_TEST_CASE(what_was_removed_though_the_answer_was_lost_is_said_to_be) {
  const auto database = std::make_shared<MemoryDatabase>();
  const ob::CustomerKey key{"m-1", "stripe", ""};
  database->rows[key].key = key;
  ob::Directory directory{ForgetfulStore{database}, quick()};
  BOOST_TEST(directory.remove(key).value());
  BOOST_TEST(!database->row("m-1").has_value());
  BOOST_TEST(!directory.remove(key).value());  // not that of long ago
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
