// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>
#include <florin/ensure.hpp>
#include <florin/policy.hpp>
#include <florin/testing/detail/conformance_subject.hpp>
#include <florin/testing/fault.hpp>
#include <florin/testing/processor.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fault_mix.hpp"
#include "numbered_customer.hpp"

/// Thousands of customers through one client of any processor, over a network that fails in every
/// way there is. What the client says of each is compared with what the processor has stored.
namespace florin_test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool slowed_down = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool slowed_down = true;
#else
inline constexpr bool slowed_down = false;
#endif
#else
inline constexpr bool slowed_down = false;
#endif

inline constexpr std::uint64_t fault_seed = 20'240'611;
inline constexpr std::size_t faulty_customers = slowed_down ? 1'000 : 10'000;
/// So many of them are ensured: a lookup waits.
inline constexpr std::size_t ensured_customers = slowed_down ? 200 : 400;
/// So many are created, read, found and deleted.
inline constexpr std::size_t living_customers = slowed_down ? 200 : 500;

/// What `tests/run --customers` wants in place of these.
inline std::size_t wanted_customers(std::size_t otherwise) {
  const char* const wanted = std::getenv("FLORIN_TEST_CUSTOMERS");
  return wanted == nullptr ? otherwise : std::stoul(wanted);
}

/// The credentials of a policy that a description accepts first, cut at their colons.
template <class P>
florin::CredentialsOf<P> credentials_of(const florin::testing::Processor& processor) {
  return florin::testing::detail::credentials_from_text<P>(processor.credentials.front().text);
}

/// Options that reach the sandbox and do not wait long between attempts.
inline florin::ClientOptions fault_options(const florin::testing::Sandbox& sandbox,
                                           std::chrono::milliseconds deadline) {
  using namespace std::chrono_literals;
  florin::ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  options.deadline = deadline;
  options.retry = {.retries = 2, .first_backoff = 1ms, .longest_backoff = 2ms};
  options.pool.max_connections = 12;  // fewer than calls at once, so that some queue
  return options;
}

/// What happens to a whole processor, several times while so many customers are called for.
inline void disturb(florin::testing::Sandbox& sandbox, std::size_t number, std::size_t customers) {
  using namespace std::chrono_literals;
  constexpr std::size_t token_life = 100;
  // Where there are access tokens, they have to be fetched again and again.
  if (number % token_life == token_life - 1) sandbox.expire_tokens();
  const std::size_t every = std::clamp<std::size_t>(customers / 12, 100, 1'000);
  if (number % every != every / 2) return;
  switch (number / every % 3) {
    case 0:
      return sandbox.restart(2ms);
    case 1:
      return sandbox.close_idle_connections();
    default:
      return sandbox.renew_certificate();
  }
}

/// The caller's reference, or the email where the processor has no place for that.
inline std::string key_of(const florin::testing::StoredCustomer& customer) {
  if (!customer.merchant_customer_id.empty()) return customer.merchant_customer_id;
  for (const auto& [name, value] : customer.fields)
    if (value.find('@') != std::string::npos) return value;
  return {};
}

/// Whether what may be logged holds what the caller or the processor confides.
inline bool tells_on(const florin::Error& error, const florin::CreateRequest& request,
                     const florin::testing::Sandbox& sandbox) {
  const std::string what = error.what();
  for (const auto& confided : {request.email, request.name, request.phone, sandbox.credential()})
    if (what.find(confided) != std::string::npos) return true;
  return false;
}
inline void check_clean(const florin::Error& error, const florin::CreateRequest& request,
                        const florin::testing::Sandbox& sandbox) {
  BOOST_TEST(!tells_on(error, request, sandbox), error.what());
}

/// A policy under faults.
template <class P>
struct FaultTrial {
  /// The server side.
  florin::testing::Processor processor;
  /// Empty: `credentials_of` the description.
  std::optional<florin::CredentialsOf<P>> credentials{};
  /// A valid customer; no two numbers may share a reference or an email.
  florin::CreateRequest (*customer)(std::size_t number) = numbered_customer;
  bool ensures = false;  ///< calls `ensure`, not `create`

  [[nodiscard]] florin::CredentialsOf<P> right_credentials() const {
    return credentials ? *credentials : credentials_of<P>(processor);
  }
};

/// A `Client` without the type of its policy.
class AnyClient {
 public:
  using Answer = florin::Result<florin::CreateResponse>;

  AnyClient() = default;
  AnyClient(const AnyClient&) = delete;
  AnyClient& operator=(const AnyClient&) = delete;
  virtual ~AnyClient() = default;
  /// \param key empty: derived.
  virtual Answer create(const florin::CreateRequest& request, std::string_view key = {}) = 0;
  virtual void async_create(const florin::CreateRequest& request,
                            std::function<void(Answer)> handler) = 0;
  [[nodiscard]] virtual florin::net::PoolStats pool() const = 0;
};

template <class P>
class ClientOf : public AnyClient {
 public:
  ClientOf(boost::asio::io_context& context, const florin::CredentialsOf<P>& credentials,
           const florin::ClientOptions& options, bool ensures)
      : client_(context.get_executor(), credentials, options), ensures_(ensures) {}
  Answer create(const florin::CreateRequest& request, std::string_view key) override {
    return ensures_ ? client_.ensure(request, {.idempotency_key = key})
                    : client_.create(request, {.idempotency_key = key});
  }
  void async_create(const florin::CreateRequest& request,
                    std::function<void(Answer)> handler) override {
    if (ensures_) {
      client_.async_ensure(request, std::move(handler));
    } else {
      client_.async_create(request, std::move(handler));
    }
  }
  [[nodiscard]] florin::net::PoolStats pool() const override { return client_.pool(); }

 private:
  florin::Client<P> client_;
  bool ensures_;
};

/// A trial without the type of its policy.
struct FaultSubject {
  std::string_view name;
  bool repeatable = false;      ///< the processor recognises a repeated request
  bool names_first = false;     ///< it answers a repetition with a conflict
  bool marks_replays = false;   ///< it says that an answer is the first one again
  bool keeps_failures = false;  ///< the key of a failed request gives that failure again
  bool ensures = false;
  florin::EnsureGuarantee guarantee = florin::EnsureGuarantee::only_reported;
  florin::testing::Processor processor;
  florin::CreateRequest (*customer)(std::size_t number) = nullptr;
  std::function<std::unique_ptr<AnyClient>(boost::asio::io_context&, const florin::ClientOptions&)>
      connect{};
};

/// Runs a trial: many calls at once during the faults, the comparison, and the settlement of what
/// was left open. The ledger only grows, so what is not there twice in the end never was.
class FaultTest {
 public:
  explicit FaultTest(FaultSubject subject)
      : subject_(std::move(subject)),
        customers_(wanted_customers(subject_.ensures ? ensured_customers : faulty_customers)),
        sandbox_(witness(subject_), {.threads = 2}) {
    for (std::size_t number = 0; number < customers_; ++number) {
      const auto request = subject_.customer(number);
      number_of_.emplace(request.merchant_customer_id, number);
      number_of_.emplace(request.email, number);
    }
  }

  void run() {
    BOOST_TEST_MESSAGE(subject_.name << ": " << customers_ << " customers, seed " << fault_seed);
    call_under_faults();
    compare();
    if (subject_.ensures) {
      BOOST_TEST_MESSAGE("  " << subject_.guarantee);
      if (subject_.guarantee != Guarantee::only_reported) settle_ensured();
    } else if (subject_.repeatable) {
      settle();
    }
  }

 private:
  using Kind = florin::testing::Fault::Kind;
  using Answer = AnyClient::Answer;
  using Errc = florin::Errc;
  using Outcome = florin::Outcome;
  using Guarantee = florin::EnsureGuarantee;
  /// The ids under which each customer is stored.
  using Stored = std::vector<std::vector<std::string>>;

  static constexpr std::size_t in_flight = 16;
  static constexpr std::size_t blocking_threads = 3;

  /// Where nothing may be repeated, a repetition has to show as a second customer.
  static florin::testing::Processor witness(const FaultSubject& subject) {
    auto processor = subject.processor;
    if (!subject.repeatable && !subject.ensures) processor.uniques.clear();
    return processor;
  }

  /// A lookup waits before it looks again.
  [[nodiscard]] std::chrono::milliseconds limit() const {
    using namespace std::chrono_literals;
    if (subject_.ensures) return slowed_down ? 3s : 2s;
    return slowed_down ? std::chrono::milliseconds{2s} : 300ms;
  }
  void call_under_faults() {
    using namespace std::chrono_literals;
    sandbox_.random_faults(fault_mix(subject_.keeps_failures), fault_seed);
    std::atomic<std::size_t> next{0};
    const auto take_number = [&] {
      const std::size_t number = next++;
      disturb(sandbox_, number, customers_);
      return number;
    };
    answers_.resize(customers_);
    boost::asio::io_context context;
    const auto client = subject_.connect(context, fault_options(sandbox_, limit()));
    std::function<void()> begin = [&] {
      const std::size_t number = take_number();
      if (number >= customers_) return;
      client->async_create(subject_.customer(number), [&, number](Answer answer) {
        answers_[number].emplace(std::move(answer));
        begin();
      });
    };
    for (std::size_t i = 0; i < in_flight; ++i) begin();
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < blocking_threads; ++i) {
      threads.emplace_back([&] {
        for (std::size_t number = take_number(); number < customers_; number = take_number())
          answers_[number].emplace(client->create(subject_.customer(number)));
      });
    }
    context.run();
    for (auto& thread : threads) thread.join();
    sandbox_.clear_faults();
    BOOST_TEST(client->pool().busy == 0u);
    BOOST_TEST(client->pool().queued == 0u);
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
      check_clean(error, subject_.customer(number), sandbox_);
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
    const bool settles = subject_.ensures && (subject_.guarantee == Guarantee::by_key ||
                                              subject_.guarantee == Guarantee::by_uniqueness);
    BOOST_TEST((settles || !open_.empty()));
    const std::size_t share = settles                                      ? 25
                              : subject_.guarantee == Guarantee::by_lookup ? 8
                              : !subject_.repeatable                       ? 4
                              : subject_.names_first && !subject_.ensures  ? 10
                                                                           : 20;
    BOOST_TEST(open_.size() < customers_ / share + late);
    BOOST_TEST(acknowledged + late > customers_ * (subject_.repeatable ? 9 : 7) / 10);
    if (!subject_.repeatable && !subject_.ensures) {
      BOOST_TEST(open_and_stored > 0u);
      BOOST_TEST(open_and_stored < open_.size());
    }
  }

  /// A call says that its customer exists only where the processor answers so to a repetition.
  void check_exists(const florin::Error& error, const std::vector<std::string>& ids) const {
    BOOST_TEST((subject_.names_first || subject_.ensures));
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
    boost::asio::io_context unused;
    const auto calm = subject_.connect(unused, fault_options(sandbox_, 60s));
    const bool unique = !subject_.processor.uniques.empty();
    std::vector<std::pair<std::size_t, florin::Error>> existing;
    std::unordered_map<std::size_t, std::string> named;
    std::size_t spent = 0;
    std::size_t kept = 0;
    for (const std::size_t number : open_) {
      const auto request = subject_.customer(number);
      auto again = calm->create(request);
      if (!again && again.error().code == Errc::idempotency_conflict) {
        ++spent;
        const auto conflict = again.error();
        BOOST_TEST((conflict.outcome == Outcome::unknown), conflict.what());
        BOOST_TEST_REQUIRE((subject_.names_first && unique), conflict.what());
        again = calm->create(request, "another-key-" + std::to_string(number));
      }
      if (again) {
        named.emplace(number, again->connector_customer_id.str());
        continue;
      }
      auto error = again.error();
      check_clean(error, subject_.customer(number), sandbox_);
      if (error.outcome == Outcome::in_effect) {
        existing.emplace_back(number, std::move(error));
        continue;
      }
      ++kept;
      BOOST_TEST((error.code == Errc::connector_unavailable), error.what());
      BOOST_TEST((error.outcome == Outcome::unknown), error.what());
      if (subject_.marks_replays) BOOST_TEST(!error.transient);
    }
    BOOST_TEST_MESSAGE("  repeated: " << named.size() << " successes, " << existing.size()
                                      << " exist, " << spent << " spent keys, " << kept
                                      << " stored failures");
    BOOST_TEST((subject_.keeps_failures || kept == 0));
    const Stored between = stored();
    for (const auto& [number, error] : existing) check_exists(error, between[number]);
    sandbox_.forget_idempotency_keys();
    for (const std::size_t number : open_) {
      if (!between[number].empty()) continue;
      BOOST_TEST(kept-- > 0u);
      const auto again = calm->create(subject_.customer(number));
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
    boost::asio::io_context unused;
    const auto calm = subject_.connect(unused, fault_options(sandbox_, 60s));
    std::map<std::string, std::size_t> counts;
    // By a key that is forgotten a customer would be made again.
    const bool forgets =
        subject_.guarantee == Guarantee::by_key && subject_.processor.uniques.empty();
    const Stored before = stored();
    std::vector<std::pair<std::size_t, std::string>> named;
    for (const std::size_t number : open_) {
      if (forgets && !before[number].empty()) continue;
      const auto again = calm->create(subject_.customer(number));
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

  FaultSubject subject_;
  std::size_t customers_;
  florin::testing::Sandbox sandbox_;
  std::unordered_map<std::string, std::size_t> number_of_;
  std::vector<std::optional<Answer>> answers_;
  std::vector<std::size_t> open_;
};

/// Runs a trial within a test case. Talks to 127.0.0.1 only.
template <class P>
void survives_faults(FaultTrial<P> trial) {
  const auto credentials = trial.right_credentials();
  FaultSubject subject;
  subject.name = P::name;
  subject.repeatable = florin::has_idempotency<P>;
  subject.names_first = P::Idempotency::names_first;
  subject.marks_replays = !std::string_view{P::Idempotency::replay_header}.empty();
  subject.keeps_failures = keeps_failures(trial.processor);
  subject.processor = std::move(trial.processor);
  subject.customer = trial.customer;
  subject.ensures = trial.ensures;
  if (trial.ensures) subject.guarantee = florin::ensure_guarantee<P>;
  subject.connect = [credentials, ensures = trial.ensures](boost::asio::io_context& context,
                                                           const florin::ClientOptions& options) {
    return std::make_unique<ClientOf<P>>(context, credentials, options, ensures);
  };
  FaultTest{std::move(subject)}.run();
}

}  // namespace florin_test
