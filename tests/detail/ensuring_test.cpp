// SPDX-License-Identifier: Apache-2.0
#include <florin/detail/ensuring.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/plan_answers.hpp"

/// What `ensure` asks for next, and what it makes of the answers.
BOOST_AUTO_TEST_SUITE(detail_ensuring)
namespace {

using namespace florin_test;
using namespace std::chrono_literals;
using florin::CreateRequestView;
using florin::CreateResponse;
using florin::CustomerPage;
using florin::EnsureGuarantee;
using florin::Errc;
using florin::Origin;
using florin::Outcome;
using florin::Phase;
using florin::Result;
using florin::detail::EnsureFacts;
using florin::detail::Ensuring;
using std::string;

constexpr CreateRequestView wanted{.merchant_customer_id = "m-1", .email = "a@b.example"};

constexpr EnsureFacts by_reference{.connector = "acme",
                                   .guarantee = EnsureGuarantee::by_uniqueness,
                                   .finds_reference = true,
                                   .finds_email = true,
                                   .reads_reference = true,
                                   .index = {.delay = 60s}};
EnsureFacts facts(EnsureGuarantee guarantee, bool reference, bool email, bool reads) {
  return {"acme", guarantee, reference, email, reads, {}};
}

CreateResponse made(std::string_view id) {
  CreateResponse response;
  response.connector_customer_id.assign(id);
  return after_one(response);
}
Ensuring::Answer lost() {
  return failed_with(Errc::connection_lost, Outcome::unknown);
}
Ensuring::Answer exists(std::string_view id = {}) {
  return failed_with(Errc::customer_exists, Outcome::in_effect, id);
}

string ended(Ensuring& plan) {
  BOOST_TEST_REQUIRE(plan.done());
  const auto answer = plan.take();
  if (answer)
    return string{to_string(answer->origin)} + ' ' + answer->connector_customer_id.str() + ' ' +
           std::to_string(answer->attempts);
  const florin::Error error = answer.error();
  BOOST_TEST((error.timings[Phase::read] == std::chrono::seconds{error.attempts}));
  return string{to_string(error.code)} + ' ' + string{to_string(error.outcome)} + ' ' +
         std::to_string(error.attempts);
}

/// The error of a plan that ends with somebody who exists.
florin::Error conflict(Ensuring& plan, std::string_view id) {
  const auto answer = plan.take();
  BOOST_TEST_REQUIRE(answer.has_error());
  const florin::Error error = answer.error();
  BOOST_TEST((error.code == Errc::customer_exists));
  BOOST_TEST((error.outcome == Outcome::in_effect));
  BOOST_TEST(error.status_code == 409);
  BOOST_TEST(error.connector == "acme");
  BOOST_TEST(error.existing_customer_id == id);
  return error;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_cancelled_asks_for_nothing_more) {
  Ensuring plan{wanted, by_reference, false};
  plan.took(Ensuring::Answer{failed_with(Errc::cancelled, Outcome::unknown)});
  BOOST_TEST(ended(plan) == "cancelled unknown 1");
}

BOOST_AUTO_TEST_CASE(what_is_cancelled_while_a_doubt_is_settled_says_so) {
  const auto cancelled = failed_with(Errc::cancelled, Outcome::no_effect);
  Ensuring looks{wanted, by_reference, false};
  florin::Error doubt = lost().error();
  doubt.idempotency_key.assign("key-1");
  looks.took(Ensuring::Answer{std::move(doubt)});
  BOOST_TEST(planned(looks).operation == "find");
  looks.took(Result<CustomerPage>{cancelled});
  BOOST_TEST_REQUIRE(looks.done());
  const auto answer = looks.take();
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST((answer.error().code == Errc::cancelled));
  BOOST_TEST((answer.error().outcome == Outcome::unknown));
  BOOST_TEST(answer.error().attempts == 2);
  BOOST_TEST(answer.error().idempotency_key == "key-1");
  Ensuring creates{wanted, by_reference, false};
  creates.took(lost());
  creates.took(page_of({}));
  BOOST_TEST(planned(creates).operation == "create");
  creates.took(Ensuring::Answer{cancelled});
  BOOST_TEST(ended(creates) == "cancelled unknown 3");
  Ensuring verifies{wanted, by_reference, false};
  verifies.took(exists("cus_9"));
  BOOST_TEST(planned(verifies).operation == "retrieve");
  verifies.took(Result<florin::Customer>{cancelled});
  BOOST_TEST(ended(verifies) == "cancelled in_effect 2");
  // Without a doubt nothing has happened.
  Ensuring first{wanted, by_reference, true};
  first.took(Result<CustomerPage>{cancelled});
  BOOST_TEST(ended(first) == "cancelled no_effect 1");
}

BOOST_AUTO_TEST_CASE(it_looks_first_where_only_that_helps_or_when_it_is_told_to) {
  const auto first = [](const EnsureFacts& of, bool look_first, std::string_view email = "a@b") {
    const CreateRequestView request{.merchant_customer_id = "m-1", .email = email};
    Ensuring plan{request, of, look_first};
    const Planned call = planned(plan);
    BOOST_TEST((call.how.delay == 0ms));
    BOOST_TEST(!plan.done());
    return call.operation + ' ' + call.text;
  };
  using enum EnsureGuarantee;
  BOOST_TEST(first(by_reference, false) == "create m-1");
  BOOST_TEST(first(by_reference, true) == "find m-1");
  BOOST_TEST(first(facts(by_lookup, true, false, true), false) == "find m-1");
  BOOST_TEST(first(facts(by_lookup, false, true, true), false) == "find a@b");
  // An email alone tells a customer only where it is unique.
  BOOST_TEST(first(facts(by_key, false, true, false), true) == "create m-1");
  BOOST_TEST(first(facts(by_key, false, true, true), true) == "find a@b");
  BOOST_TEST(first(facts(by_uniqueness, false, true, false), true) == "find a@b");
  BOOST_TEST(first(facts(by_uniqueness, false, true, false), true, "") == "create m-1");
  BOOST_TEST(first(facts(by_key, false, false, true), true) == "create m-1");
}

BOOST_AUTO_TEST_CASE(repetitions_that_are_recognised_go_on) {
  const auto retries = [](EnsureGuarantee guarantee) {
    Ensuring plan{wanted, facts(guarantee, false, false, false), false};
    const Planned call = planned(plan);
    BOOST_TEST((call.how.on_exists == florin::OnExists::fail));
    return call.how.retries.value_or(-1);
  };
  BOOST_TEST(retries(EnsureGuarantee::by_key) == 1'000'000);
  BOOST_TEST(retries(EnsureGuarantee::by_uniqueness) == 1'000'000);
  BOOST_TEST(retries(EnsureGuarantee::only_reported) == -1);
}

BOOST_AUTO_TEST_CASE(what_only_looks_creates_nobody) {
  const auto only_looks = [](const EnsureFacts& of) { return Ensuring{wanted, of, false, true}; };
  auto finds = only_looks(by_reference);
  BOOST_TEST(planned(finds).operation == "find");
  finds.took(page_of({R"("cus_7")"}));
  BOOST_TEST(ended(finds) == "found cus_7 1");
  auto nobody = only_looks(by_reference);
  nobody.took(page_of({}));
  BOOST_TEST(ended(nobody) == "not_found unknown 1");
  // Without a search there is nothing that it could do.
  auto blind = only_looks(facts(EnsureGuarantee::by_key, false, false, true));
  BOOST_TEST_REQUIRE(blind.done());
  const auto answer = blind.take();
  BOOST_TEST_REQUIRE(answer.has_error());
  BOOST_TEST((answer.error().code == Errc::invalid_options));
  BOOST_TEST((answer.error().outcome == Outcome::no_effect));
  BOOST_TEST(answer.error().attempts == 0);
  BOOST_TEST(answer.error().connector == "acme");
}

BOOST_AUTO_TEST_CASE(it_tells_with_whom_the_page_before_began) {
  Ensuring plan{wanted, by_reference, true};
  BOOST_TEST(planned(plan).before.empty());
  plan.took(Result<CustomerPage>{page_of({R"("cus_1")"}, true)});
  BOOST_TEST(planned(plan).text == "m-1 cus_1");
  BOOST_TEST(planned(plan).before == "cus_1");
}

BOOST_AUTO_TEST_CASE(a_customer_with_another_reference_is_not_taken) {
  Ensuring plan{wanted, facts(EnsureGuarantee::only_reported, false, false, false), false};
  florin::Error other = exists("c-9").error();
  other.field = florin::Field::merchant_customer_id;
  other.connector = "acme";
  other.status_code = 409;
  plan.took(Ensuring::Answer{other});
  BOOST_TEST_REQUIRE(plan.done());
  BOOST_TEST((conflict(plan, "c-9").field == florin::Field::merchant_customer_id));
}

BOOST_AUTO_TEST_CASE(what_is_created_or_refused_is_the_answer) {
  Ensuring good{wanted, by_reference, false};
  good.took(Ensuring::Answer{made("cus_1")});
  BOOST_TEST(ended(good) == "created cus_1 1");
  Ensuring bad{wanted, by_reference, false};
  bad.took(Ensuring::Answer{failed_with(Errc::invalid_data, Outcome::no_effect)});
  BOOST_TEST(ended(bad) == "invalid_data no_effect 1");
  // What is refused after a doubt does not lift it.
  Ensuring open{wanted, by_reference, false};
  open.took(lost());
  open.took(page_of({}));
  BOOST_TEST(planned(open).operation == "create");
  open.took(Ensuring::Answer{failed_with(Errc::unauthorized, Outcome::no_effect)});
  BOOST_TEST(ended(open) == "connection_lost unknown 3");
}

BOOST_AUTO_TEST_CASE(a_doubt_is_settled_by_a_look) {
  Ensuring plan{wanted, by_reference, false};
  plan.took(lost());
  BOOST_TEST_REQUIRE(!plan.done());
  const Planned look = planned(plan);
  BOOST_TEST(look.operation + ' ' + look.text == "find m-1");
  BOOST_TEST((look.how.delay == 0ms));
  plan.took(page_of({R"("cus_7")"}));
  BOOST_TEST_REQUIRE(plan.done());
  const auto answer = plan.take();
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST((answer->origin == Origin::found));
  BOOST_TEST(answer->connector_customer_id == "cus_7");
  BOOST_TEST(answer->merchant_customer_id == "m-1");
  BOOST_TEST(answer->attempts == 2);
  BOOST_TEST((answer->timings[Phase::read] == 2s));
  // The create's own traces are told.
  BOOST_TEST(answer->http_status == 409);
  BOOST_TEST(answer->request_id == "req_failed");
  BOOST_TEST(answer->idempotency_key == "key");
  BOOST_TEST((answer->dropped == florin::FieldSet{florin::Field::phone}));
}

BOOST_AUTO_TEST_CASE(where_a_second_one_is_refused_it_is_created_again_with_growing_waits) {
  Ensuring plan{wanted, by_reference, false};
  // Six looks, at once and then behind a create that waits longer each time.
  for (const auto wait : {0ms, 200ms, 400ms, 800ms, 1600ms, 3200ms}) {
    const Planned create = planned(plan);
    BOOST_TEST(create.operation == "create");
    BOOST_TEST((create.how.delay == wait));
    plan.took(lost());
    BOOST_TEST_REQUIRE(!plan.done());
    BOOST_TEST(planned(plan).operation == "find");
    BOOST_TEST((planned(plan).how.delay == (wait == 0ms ? 0ms : std::max(wait, 10'000ms))));
    plan.took(page_of({}));
  }
  BOOST_TEST(ended(plan) == "connection_lost unknown 12");
}

BOOST_AUTO_TEST_CASE(without_that_it_looks_again_until_the_index_has_caught_up) {
  EnsureFacts of = by_reference;
  of.guarantee = EnsureGuarantee::by_lookup;
  of.index.delay = 6s;
  Ensuring plan{wanted, of, false};
  plan.took(page_of({}));
  BOOST_TEST(planned(plan).operation == "create");
  BOOST_TEST((planned(plan).how.delay == 0ms));
  plan.took(lost());
  for (const auto wait : {0ms, 1000ms, 1000ms, 1000ms, 1600ms, 3200ms}) {
    BOOST_TEST_REQUIRE(!plan.done());
    BOOST_TEST(planned(plan).operation == "find");
    BOOST_TEST((planned(plan).how.delay == wait));
    plan.took(page_of({}));
  }
  BOOST_TEST(ended(plan) == "connection_lost unknown 8");
}

BOOST_AUTO_TEST_CASE(a_customer_that_exists_is_looked_up_and_told_as_that) {
  Ensuring plan{wanted, by_reference, false};
  plan.took(exists());
  BOOST_TEST(planned(plan).operation == "find");
  plan.took(page_of({R"("cus_7")"}));
  BOOST_TEST(ended(plan) == "already_existed cus_7 2");
  // Nobody is found: it is not created again, since it is there.
  Ensuring hidden{wanted, by_reference, false};
  hidden.took(exists());
  for (int i = 0; i < 6; ++i) {
    BOOST_TEST_REQUIRE(!hidden.done());
    BOOST_TEST(planned(hidden).operation == "find");
    hidden.took(page_of({}));
  }
  BOOST_TEST(ended(hidden) == "customer_exists in_effect 7");
  // Nor can it be looked up.
  Ensuring blind{wanted, facts(EnsureGuarantee::by_key, false, false, false), false};
  blind.took(exists());
  BOOST_TEST(ended(blind) == "customer_exists in_effect 1");
  // The later answer tells more than the doubt.
  Ensuring late{wanted, by_reference, false};
  late.took(lost());
  late.took(page_of({}));
  late.took(exists());
  BOOST_TEST(planned(late).operation == "find");
  late.took(Result<CustomerPage>{failed_with(Errc::rate_limited, Outcome::no_effect)});
  BOOST_TEST(ended(late) == "customer_exists in_effect 4");
}

BOOST_AUTO_TEST_CASE(whose_the_existing_customer_is_is_verified) {
  const auto verified = [](const Result<florin::Customer>& customer) {
    Ensuring plan{wanted, by_reference, false};
    plan.took(exists("cus_9"));
    BOOST_TEST_REQUIRE(!plan.done());
    const Planned call = planned(plan);
    BOOST_TEST(call.operation + ' ' + call.text == "retrieve cus_9");
    plan.took(customer);
    return plan;
  };
  auto own = verified(record_of("cus_9", R"(,"metadata":{"merchant_customer_id":"m-1"})"));
  BOOST_TEST(ended(own) == "already_existed cus_9 2");
  auto unnamed = verified(record_of("cus_9"));
  BOOST_TEST(ended(unnamed) == "already_existed cus_9 2");
  for (const bool read : {true, false}) {
    auto plan = read ? verified(record_of("cus_9", R"(,"metadata":{"merchant_customer_id":"m-2"})"))
                     : verified(failed_with(Errc::connection_lost, Outcome::no_effect));
    BOOST_TEST_REQUIRE(plan.done());
    const florin::Error error = conflict(plan, "cus_9");
    BOOST_TEST(error.transient == !read);
    BOOST_TEST((error.reason.find(read ? "another" : "could not be read") != string::npos));
    if (read) BOOST_TEST(error.attempts == 2);
  }
  // Where a record does not show whose it is, the answer has to do.
  Ensuring plan{wanted, facts(EnsureGuarantee::by_uniqueness, false, true, false), false};
  plan.took(exists("cus_9"));
  BOOST_TEST(ended(plan) == "already_existed cus_9 1");
}

BOOST_AUTO_TEST_CASE(what_fails_to_be_verified_is_counted) {
  Ensuring plan{wanted, by_reference, false};
  plan.took(exists("cus_9"));
  plan.took(Result<florin::Customer>{failed_with(Errc::connection_lost, Outcome::no_effect)});
  BOOST_TEST(ended(plan) == "customer_exists in_effect 2");
}

BOOST_AUTO_TEST_CASE(all_pages_are_read_before_a_customer_is_taken) {
  const auto looking = [] {
    Ensuring plan{wanted, by_reference, true};
    BOOST_TEST(planned(plan).operation == "find");
    plan.took(page_of({R"("cus_1")"}, true));
    BOOST_TEST_REQUIRE(!plan.done());
    const Planned next = planned(plan);
    BOOST_TEST(next.operation + ' ' + next.text == "find m-1 cus_1");
    BOOST_TEST((next.how.delay == 0ms));
    return plan;
  };
  auto one = looking();
  one.took(page_of({}));
  BOOST_TEST(ended(one) == "found cus_1 2");
  auto two = looking();
  two.took(page_of({R"("cus_2")"}));
  BOOST_TEST_REQUIRE(two.done());
  const florin::Error error = conflict(two, "cus_1");
  BOOST_TEST((error.reason.find("several") == 0U));
  auto lost_page = looking();
  lost_page.took(Result<CustomerPage>{failed_with(Errc::rate_limited, Outcome::no_effect)});
  BOOST_TEST(ended(lost_page) == "rate_limited no_effect 2");
  // The next look begins with the first page.
  Ensuring again{wanted, by_reference, false};
  again.took(exists());
  again.took(page_of({R"("cus_1","deleted":true)"}, true));
  BOOST_TEST(planned(again).text == "m-1 cus_1");
  BOOST_TEST(planned(again).before == "cus_1");
  again.took(page_of({}));
  BOOST_TEST(planned(again).text == "m-1");
  BOOST_TEST(planned(again).before.empty());
  // It has waited by then: the pages behind its first follow at once.
  BOOST_TEST((planned(again).how.delay > 0ms));
  again.took(page_of({R"("cus_1","deleted":true)"}, true));
  BOOST_TEST(planned(again).text == "m-1 cus_1");
  BOOST_TEST((planned(again).how.delay == 0ms));
}

BOOST_AUTO_TEST_CASE(a_list_that_moves_on_between_two_pages_may_show_a_customer_twice) {
  Ensuring plan{wanted, by_reference, true};
  plan.took(page_of({R"("cus_1")"}, true));
  plan.took(page_of({R"("cus_1")"}));
  BOOST_TEST(ended(plan) == "found cus_1 2");
}

BOOST_AUTO_TEST_CASE(an_email_stands_for_the_customer_with_its_reference_in_its_country) {
  const auto found = [](const EnsureFacts& of, std::string_view country,
                        const std::vector<string>& records) {
    CreateRequestView request = wanted;
    request.address.country = country;
    Ensuring plan{request, of, true};
    plan.took(page_of(records));
    return plan.done() ? ended(plan) : planned(plan).operation;
  };
  const EnsureFacts reads = facts(EnsureGuarantee::by_key, false, true, true);
  const EnsureFacts unique = facts(EnsureGuarantee::by_uniqueness, false, true, false);
  const string own = R"("cus_1","metadata":{"merchant_customer_id":"m-1"})";
  const string other = R"("cus_2","metadata":{"merchant_customer_id":"m-2"})";
  BOOST_TEST(found(reads, "", {other, own, R"("cus_3")"}) == "found cus_1 1");
  BOOST_TEST(found(reads, "", {other}) == "create");
  BOOST_TEST(found(unique, "", {other}) == "found cus_2 1");
  const string french = R"("cus_4","address":{"country":"FR"})";
  const string german = R"("cus_5","address":{"country":"DE"})";
  BOOST_TEST(found(unique, "DE", {french, german}) == "found cus_5 1");
  BOOST_TEST(found(unique, "DE", {french}) == "create");
  BOOST_TEST(found(unique, "", {french}) == "found cus_4 1");
  BOOST_TEST(found(unique, "DE", {R"("cus_6")"}) == "found cus_6 1");
  // A reference that is searched for is compared by the find.
  EnsureFacts finds = by_reference;
  BOOST_TEST(found(finds, "DE", {french}) == "found cus_4 1");
}

BOOST_AUTO_TEST_SUITE_END()
