// SPDX-License-Identifier: Apache-2.0
// What a client says of each of thousands of customers is compared with what the processor stored.
#include "trials/faults.hpp"

#include <florin/client_options.hpp>
#include <florin/testing/fault.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace florin_test {
namespace faults {

/// Runs a trial: many calls at once during the faults, the comparison, and the settlement of what
/// was left open. The ledger only grows, so what is not there twice in the end never was.
class FaultTest {
 public:
  FaultTest(const Trial& trial, bool ensures)
      : trial_(trial),
        ensures_(ensures),
        customers_(wanted_customers(ensures ? ensured_customers : faulty_customers)),
        sandbox_(witness(trial, ensures), {.threads = 2}) {
    for (std::size_t number = 0; number < customers_; ++number) {
      const auto request = trial_.customer(number);
      number_of_.emplace(request.merchant_customer_id, number);
      number_of_.emplace(request.email, number);
    }
  }

  void run() {
    BOOST_TEST_MESSAGE(trial_.name << ": " << customers_ << " customers, seed " << fault_seed);
    call_under_faults();
    compare();
    if (ensures_) {
      BOOST_TEST_MESSAGE("  " << trial_.guarantee);
      if (trial_.guarantee != Guarantee::only_reported) settle_ensured();
    } else if (trial_.repeatable) {
      settle();
    }
  }

 private:
  using Kind = florin::testing::Fault::Kind;
  using Answer = florin::Result<florin::CreateResponse>;
  using Errc = florin::Errc;
  using Outcome = florin::Outcome;
  using Guarantee = florin::EnsureGuarantee;
  /// The ids under which each customer is stored.
  using Stored = std::vector<std::vector<std::string>>;

  static constexpr std::size_t in_flight = 16;
  static constexpr std::size_t blocking_threads = 3;

  /// Where nothing may be repeated, a repetition has to show as a second customer.
  static florin::testing::Processor witness(const Trial& trial, bool ensures) {
    auto processor = trial.processor;
    if (!trial.repeatable && !ensures) processor.uniques.clear();
    return processor;
  }

  /// A lookup waits before it looks again.
  [[nodiscard]] std::chrono::milliseconds limit() const {
    using namespace std::chrono_literals;
    if (ensures_) return slowed_down ? 3s : 2s;
    return slowed_down ? std::chrono::milliseconds{2s} : 300ms;
  }
  /// \param key empty: derived.
  Answer call(florin::AnyClient& client, const florin::CreateRequest& request,
              std::string_view key = {}) const {
    const florin::AnyCallOptions options{.idempotency_key = key,
                                         .payment_token = trial_.payment_token};
    return ensures_ ? client.ensure(request, options) : client.create(request, options);
  }
  void call_under_faults() {
    using namespace std::chrono_literals;
    sandbox_.random_faults(fault_mix(trial_.keeps_failures), fault_seed);
    std::atomic<std::size_t> next{0};
    const auto take_number = [&] {
      const std::size_t number = next++;
      disturb(sandbox_, number, customers_);
      show(number);
      return number;
    };
    answers_.resize(customers_);
    boost::asio::io_context context;
    auto client = trial_.connect(context.get_executor(), fault_options(sandbox_, limit()));
    std::function<void()> begin = [&] {
      const std::size_t number = take_number();
      if (number >= customers_) return;
      const auto handle = [&, number](Answer answer) {
        answers_[number].emplace(std::move(answer));
        begin();
      };
      if (ensures_) {
        client.async_ensure(trial_.customer(number), {.payment_token = trial_.payment_token},
                            handle);
      } else {
        client.async_create(trial_.customer(number), {.payment_token = trial_.payment_token},
                            handle);
      }
    };
    for (std::size_t i = 0; i < in_flight; ++i) begin();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < blocking_threads; ++i) {
      threads.emplace_back([&] {
        for (std::size_t number = take_number(); number < customers_; number = take_number())
          answers_[number].emplace(call(client, trial_.customer(number)));
      });
    }
    context.run();
    for (auto& thread : threads) thread.join();
    sandbox_.clear_faults();
    BOOST_TEST(client.pool().busy == 0u);
    BOOST_TEST(client.pool().queued == 0u);
  }

  /// How far it is, where that takes long.
  void show(std::size_t number) const {
    if (customers_ < 10'000 || number == 0 || number % (customers_ / 20) != 0) return;
    std::cerr << std::string{trial_.name} + ": " + std::to_string(number) + " of " +
                     std::to_string(customers_) + '\n';
  }

  /// What is stored, by number; nobody twice.
  [[nodiscard]] Stored stored() const {
    Stored all(customers_);
    for (const auto& customer : sandbox_.customers()) {
      const auto found = number_of_.find(key_of(customer));
      BOOST_TEST_REQUIRE((found != number_of_.end()), customer.id << " was asked for by nobody");
      auto& ids = all[found->second];
      ids.push_back(customer.id);
      BOOST_TEST(ids.size() == 1u, found->first << " exists twice");
    }
    return all;
  }

  void compare() {
    const Stored ledger = stored();
    std::map<std::string, std::size_t> counts;
    std::size_t acknowledged = 0;
    std::size_t late = 0;
    std::size_t open_and_stored = 0;
    for (std::size_t number = 0; number < customers_; ++number) {
      BOOST_TEST_REQUIRE(answers_[number].has_value());
      const auto& answer = *answers_[number];
      const auto& ids = ledger[number];
      if (answer) {
        ++counts["success, " + std::string{to_string(answer->origin)}];
        ++acknowledged;
        BOOST_TEST_REQUIRE(!ids.empty());
        BOOST_TEST(answer->connector_customer_id == ids.front());
        continue;
      }
      const auto error = answer.error();
      ++counts[std::string{to_string(error.outcome)} + ", " + std::string{to_string(error.code)}];
      if (error.code == Errc::deadline_exceeded) ++late;
      check_clean(error, trial_.customer(number), sandbox_);
      if (error.outcome == Outcome::no_effect) BOOST_TEST(ids.empty(), error.what());
      if (error.outcome == Outcome::in_effect) check_exists(error, ids);
      if (error.outcome == Outcome::unknown) {
        open_.push_back(number);
        if (!ids.empty()) ++open_and_stored;
      }
    }
    for (const auto& [what, count] : counts) BOOST_TEST_MESSAGE("  " << what << ": " << count);
    BOOST_TEST_MESSAGE("  unknown: " << open_.size() << ", of which stored: " << open_and_stored);
    // The mix is strong enough for all of it to happen, and weak enough for most to succeed. How
    // many calls are late is up to the machine.
    const bool settles = ensures_ && (trial_.guarantee == Guarantee::by_key ||
                                      trial_.guarantee == Guarantee::by_uniqueness);
    BOOST_TEST((settles || !open_.empty()));
    const std::size_t share = settles                                                ? 25
                              : ensures_ && trial_.guarantee == Guarantee::by_lookup ? 8
                              : !trial_.repeatable                                   ? 4
                              : trial_.names_first && !ensures_                      ? 10
                                                                                     : 20;
    BOOST_TEST(open_.size() < customers_ / share + late);
    BOOST_TEST(acknowledged + late > customers_ * (trial_.repeatable ? 9 : 7) / 10);
    if (!trial_.repeatable && !ensures_) {
      BOOST_TEST(open_and_stored > 0u);
      BOOST_TEST(open_and_stored < open_.size());
    }
  }

  /// A call says that its customer exists only where the processor answers so to a repetition.
  void check_exists(const florin::Error& error, const std::vector<std::string>& ids) const {
    BOOST_TEST((trial_.names_first || ensures_));
    BOOST_TEST((error.code == Errc::customer_exists), error.what());
    BOOST_TEST_REQUIRE(!ids.empty(), error.what());
    if (!error.existing_customer_id.empty())
      BOOST_TEST(error.existing_customer_id == ids.front(), error.what());
  }

  /// What is open is settled by the same call again: the key is derived from the same reference.
  /// A processor that only says that the key is spent is asked again with another one, which its
  /// unique reference makes safe. Failures that the processor has stored under the key stay what
  /// they are until it forgets them.
  void settle() {
    using namespace std::chrono_literals;
    auto calm = trial_.connect({}, fault_options(sandbox_, 60s));
    const bool unique = !trial_.processor.uniques.empty();
    std::vector<std::pair<std::size_t, florin::Error>> existing;
    std::unordered_map<std::size_t, std::string> named;
    std::size_t spent = 0;
    std::size_t kept = 0;
    for (const std::size_t number : open_) {
      const auto request = trial_.customer(number);
      auto again = call(calm, request);
      if (!again && again.error().code == Errc::idempotency_conflict) {
        ++spent;
        const auto conflict = again.error();
        BOOST_TEST((conflict.outcome == Outcome::unknown), conflict.what());
        BOOST_TEST_REQUIRE((trial_.names_first && unique), conflict.what());
        again = call(calm, request, "another-key-" + std::to_string(number));
      }
      if (again) {
        named.emplace(number, again->connector_customer_id.str());
        continue;
      }
      auto error = again.error();
      check_clean(error, trial_.customer(number), sandbox_);
      if (error.outcome == Outcome::in_effect) {
        existing.emplace_back(number, std::move(error));
        continue;
      }
      ++kept;
      BOOST_TEST((error.code == Errc::connector_unavailable), error.what());
      BOOST_TEST((error.outcome == Outcome::unknown), error.what());
      if (trial_.marks_replays) BOOST_TEST(!error.transient);
    }
    BOOST_TEST_MESSAGE("  repeated: " << named.size() << " successes, " << existing.size()
                                      << " exist, " << spent << " spent keys, " << kept
                                      << " stored failures");
    BOOST_TEST((trial_.keeps_failures || kept == 0));
    const Stored between = stored();
    for (const auto& [number, error] : existing) check_exists(error, between[number]);
    sandbox_.forget_idempotency_keys();
    for (const std::size_t number : open_) {
      if (!between[number].empty()) continue;
      BOOST_TEST(kept-- > 0u);
      const auto again = call(calm, trial_.customer(number));
      BOOST_TEST_REQUIRE(again.has_value());
      named.emplace(number, again->connector_customer_id.str());
    }
    const Stored after = stored();
    for (const std::size_t number : open_) BOOST_TEST(after[number].size() == 1u);
    for (const auto& [number, id] : named)
      BOOST_TEST((!after[number].empty() && after[number].front() == id), id);
  }

  /// What is open is settled by ensuring it again, when nothing fails.
  void settle_ensured() {
    using namespace std::chrono_literals;
    sandbox_.forget_idempotency_keys();
    auto calm = trial_.connect({}, fault_options(sandbox_, 60s));
    std::map<std::string, std::size_t> counts;
    // By a key that is forgotten a customer would be made again.
    const bool forgets = trial_.guarantee == Guarantee::by_key && trial_.processor.uniques.empty();
    const Stored before = stored();
    std::vector<std::pair<std::size_t, std::string>> named;
    for (const std::size_t number : open_) {
      if (forgets && !before[number].empty()) continue;
      const auto again = call(calm, trial_.customer(number));
      BOOST_TEST_REQUIRE(again.has_value(), again.error().what());
      ++counts[std::string{to_string(again->origin)}];
      named.emplace_back(number, again->connector_customer_id.str());
    }
    for (const auto& [what, count] : counts)
      BOOST_TEST_MESSAGE("  ensured again: " << what << ": " << count);
    const Stored after = stored();
    for (const auto& [number, id] : named)
      BOOST_TEST((after[number].size() == 1u && after[number].front() == id), id);
  }

  Trial trial_;
  bool ensures_;
  std::size_t customers_;
  florin::testing::Sandbox sandbox_;
  std::unordered_map<std::string, std::size_t> number_of_;
  std::vector<std::optional<Answer>> answers_;
  std::vector<std::size_t> open_;
};

}  // namespace faults

void survives_faults(const Trial& trial) {
  faults::FaultTest{trial, false}.run();
}

void is_ensured_once(const Trial& trial) {
  faults::FaultTest{trial, true}.run();
}

}  // namespace florin_test
