// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/detail/series.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client_fixture.hpp"

/// What the calls of a series have in common.
BOOST_AUTO_TEST_SUITE(detail_series)
namespace {

using namespace florin_test;
using florin::CreateResponse;
using florin::NoObserver;
using florin::Result;
using florin::detail::left_until;
using florin::detail::SeriesCall;
namespace asio = boost::asio;

using Core = florin::detail::ClientCoreOf<StripePolicy, NoObserver>;
using OwnCalls = florin::detail::OwnCalls<StripePolicy, NoObserver>;

/// A client's calls.
struct Calls {
  StripeFixture sandbox;
  std::shared_ptr<Core> core =
      std::make_shared<Core>(nullptr, sandbox.credentials(), sandbox.options(), NoObserver{});

  [[nodiscard]] OwnCalls own(const StripeOptions& options = {}) const { return {core, options}; }
};

/// A plan of calls, for whose answers there is no memory.
template <class... Operations>
class Forgetful {
 public:
  using Answer = Result<CreateResponse>;

  explicit Forgetful(bool begins) {
    if (!begins) throw std::bad_alloc{};
  }
  template <class Call>
  void next(Call&& call) {
    std::size_t number = 0;
    (void)((number++ == asked_ && (ask<Operations>(call), true)) || ...);
  }
  template <class Told>
  void took(const Told& /*result*/) {
    if (++asked_ == sizeof...(Operations)) throw std::bad_alloc{};
  }
  [[nodiscard]] static bool done() { return false; }
  [[nodiscard]] static Answer take() { return florin::Error{}; }

 private:
  template <class Operation, class Call>
  static void ask(Call& call) {
    if constexpr (Operation::changes) {
      call.template operator()<Operation>(
          florin::CreateRequestView{.merchant_customer_id = "m-1", .email = "a@b.example"},
          SeriesCall{});
    } else {
      call.template operator()<Operation>(florin::RetrieveRequest{"cus_1"}, SeriesCall{});
    }
  }

  std::size_t asked_ = 0;
};

/// A plan of one call, whose answer is that of the plan.
struct Single {
  using Answer = Result<CreateResponse>;
  std::optional<Answer> answer{};

  template <class Call>
  void next(Call&& call) {
    call.template operator()<florin::Create>(
        florin::CreateRequestView{.merchant_customer_id = "m-1", .email = "a@b.example"},
        SeriesCall{});
  }
  void took(Answer result) { answer.emplace(std::move(result)); }
  [[nodiscard]] bool done() const { return answer.has_value(); }
  [[nodiscard]] Answer take() { return *std::move(answer); }
};

/// Calls for which there is no memory.
struct NoRoom : OwnCalls {
  explicit NoRoom(OwnCalls calls) : OwnCalls(std::move(calls)) {}
  template <class Operation, class... Told>
  [[nodiscard]] florin::detail::CallPtr try_begin(const Told&... /*call*/) {
    return nullptr;
  }
};

/// The options that a series has for its calls.
struct Seen : OwnCalls {
  explicit Seen(OwnCalls calls) : OwnCalls(std::move(calls)) {}
  using OwnCalls::next;
};

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_left_of_what_has_passed) {
  const auto now = florin::net::Clock::now();
  BOOST_TEST((left_until(now) == 0ms));
  BOOST_TEST((left_until(now - 1h) == 0ms));
  BOOST_TEST((left_until(florin::net::TimePoint::min()) == 0ms));
  const auto left = left_until(now + 1h);
  BOOST_TEST((left > 0ms && left <= 1h));
}

BOOST_AUTO_TEST_CASE(a_call_of_a_series_waits_no_shorter_than_it_is_told) {
  florin::CallOptions<florin::StripePolicy> options;
  options.delay = 20ms;
  BOOST_TEST((SeriesCall{.delay = 30ms}.apply(options, 1h).delay == 30ms));
  BOOST_TEST((SeriesCall{.delay = 10ms}.apply(options, 1h).delay == 20ms));
  BOOST_TEST((SeriesCall{}.apply(options, 1h).deadline == 1h));
}

BOOST_AUTO_TEST_CASE(a_call_of_a_series_does_what_the_series_needs) {
  florin::CallOptions<florin::StripePolicy> options;
  options.on_exists = florin::OnExists::use_existing;
  options.retries = 3;
  const auto as_given = SeriesCall{}.apply(options, 1h);
  BOOST_TEST((as_given.on_exists == florin::OnExists::use_existing));
  BOOST_TEST((as_given.retries == 3));
  const auto needed =
      SeriesCall{.on_exists = florin::OnExists::fail, .retries = 7}.apply(options, 1h);
  BOOST_TEST((needed.on_exists == florin::OnExists::fail));
  BOOST_TEST((needed.retries == 7));
}

BOOST_AUTO_TEST_CASE(without_memory_the_outcome_depends_on_whether_anything_was_begun) {
  StripeFixture f;
  const auto core = florin::detail::make_core(
      "stripe", std::make_shared<const florin::detail::Home>(), nullptr, f.options());
  const auto before = florin::detail::no_memory_for(*core, false);
  BOOST_TEST((before.outcome == Outcome::no_effect));
  const auto after = florin::detail::no_memory_for(*core, true);
  BOOST_TEST((after.outcome == Outcome::unknown));
  BOOST_TEST((before.code == after.code));
}

BOOST_AUTO_TEST_CASE(without_memory_for_an_answer_what_has_changed_something_is_in_doubt) {
  using florin::Create;
  using florin::Retrieve;
  Calls f;
  const auto outcomes = [&]<class Plan>() {
    const auto blocking = florin::detail::perform_series<Plan>(f.own(), true);
    const auto later = take(florin::detail::async_series(Plan{true}, f.own(), asio::use_future));
    BOOST_TEST((blocking.error().code == Errc::out_of_resources));
    BOOST_TEST((later.error().code == Errc::out_of_resources));
    return std::vector{blocking.error().outcome, later.error().outcome};
  };
  const std::vector doubt(2, Outcome::unknown);
  const std::vector none(2, Outcome::no_effect);
  BOOST_TEST((outcomes.operator()<Forgetful<Retrieve>>() == none));
  BOOST_TEST((outcomes.operator()<Forgetful<Create>>() == doubt));
  BOOST_TEST((outcomes.operator()<Forgetful<Create, Retrieve>>() == doubt));
  BOOST_TEST((outcomes.operator()<Forgetful<Retrieve, Create>>() == doubt));
  const auto nothing = florin::detail::perform_series<Forgetful<Create>>(f.own(), false);
  BOOST_TEST((nothing.error().outcome == Outcome::no_effect));
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_be_begun_tells_the_plan_why) {
  Calls f;
  const auto answer =
      take(florin::detail::async_series(Single{}, NoRoom{f.own()}, asio::use_future));
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST((answer.error().code == Errc::out_of_resources));
  BOOST_TEST((answer.error().outcome == Outcome::no_effect));
  BOOST_TEST(f.sandbox.sandbox.request_count() == 0u);
}

BOOST_AUTO_TEST_CASE(only_its_first_call_waits_as_the_options_say) {
  Calls f;
  Seen calls{f.own({.delay = 20ms})};
  BOOST_TEST((calls.next<florin::Retrieve>({}, 1h).delay == 20ms));
  BOOST_TEST((calls.next<florin::Create>({}, 1h).delay == 0ms));
  BOOST_TEST((calls.next<florin::Create>({.delay = 5ms}, 1h).delay == 5ms));
}

BOOST_AUTO_TEST_SUITE_END()
