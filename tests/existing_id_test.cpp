// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/create.hpp>
#include <florin/decode.hpp>
#include <florin/ensure.hpp>
#include <florin/repetition.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "client_fixture.hpp"
#include "plain_policy.hpp"
#include "support/allocations.hpp"

/// Whose the existing customer is, where the answer does not name it as a duplicate's.
BOOST_AUTO_TEST_SUITE(existing_ids)

using namespace florin_test;
using florin::AnyClient;
using florin::Field;
using florin::OnExists;
using florin::testing::Processor;
using florin::testing::ScriptedStream;
using std::string;
using std::string_view;

namespace {

/// Callers choose the ids, which are their references.
struct ChosenPolicy : PlainPolicy {
  using Idempotency = wire::UniqueReference<"reference">;
  static constexpr wire::json::Failure failure{
      .code = "code", .existing_id = "existing", .existing_id_is_reference = true};
};
static_assert(florin::ConnectorPolicy<ChosenPolicy>);
static_assert(florin::repetition<ChosenPolicy> == florin::Repetition::names_customer);
static_assert(florin::ensure_guarantee<ChosenPolicy> == florin::EnsureGuarantee::by_uniqueness);

/// A known email is answered with the customer that has it.
struct KnownPolicy : PlainPolicy {
  static constexpr std::array rules{wire::Rule{.code = "slow_down", .means = Errc::rate_limited}};
  struct Create : PlainPolicy::Create {
    static constexpr wire::json::Reply reply{
        .id = "id",
        .echo = {.merchant_customer_id = "reference", .email = "email"},
        .other_exists = true};
  };
};
static_assert(florin::ConnectorPolicy<KnownPolicy>);
static_assert(florin::repetition<KnownPolicy> == florin::Repetition::second_customer);

/// The same where that is not stated.
struct StrictPolicy : PlainPolicy {
  struct Create : PlainPolicy::Create {
    static constexpr wire::json::Reply reply{.id = "id",
                                             .echo = {.merchant_customer_id = "reference"}};
  };
};

const CreateRequest request{.merchant_customer_id = "m-1", .email = "ana@example.com"};

template <class P>
Answer decoded(int status, string_view body, OnExists on_exists = OnExists::fail,
               const CreateRequest& sent = request) {
  const std::vector<wire::HeaderView> headers;
  return florin::decode<P>(wire::ResponseView<std::vector<wire::HeaderView>>{status, headers, body},
                           sent, on_exists);
}

constexpr string_view duplicate = R"({"code":"duplicate"})";

void check_named(const Answer& answer, string_view id) {
  const florin::Error error = error_of(answer);
  BOOST_TEST((error.code == Errc::customer_exists));
  BOOST_TEST((error.outcome == Outcome::in_effect));
  BOOST_TEST(error.existing_customer_id == id);
}

/// What says that the customer there has another reference.
void check_other(const Answer& answer, string_view id, int http_status = 200) {
  check_named(answer, id);
  const florin::Error error = answer.error();
  BOOST_TEST(error.status_code == 409);
  BOOST_TEST(error.http_status == http_status);
  BOOST_TEST((error.field == Field::merchant_customer_id));
  BOOST_TEST(error.from_processor);
  BOOST_TEST(!error.transient);
  BOOST_TEST(error.reason == "is another one at the existing customer");
}

/// The processor of `ChosenPolicy`, as far as its answers go.
Processor chosen_processor() {
  Processor processor = plain_processor();
  processor.uniques = {{.fields = {"reference"}}};
  processor.refusals.at(florin::testing::Case::duplicate_customer).body = R"({"code":"{{code}}"})";
  return processor;
}

/// A processor that has a customer of another reference with every email.
Processor known_processor() {
  Processor processor = plain_processor();
  processor.uniques.clear();
  processor.actions.front().answer.body =
      R"({"id":"{{id}}","reference":"m-0","email":"ana@example.com"})";
  return processor;
}

template <class P>
AnyClient any_client(const Sandbox& sandbox) {
  return AnyClient::make<std::tuple<P>>("plain", {{"token", "plain-token"}}, options_for(sandbox))
      .value();
}

template <class P>
Answer over_a_stream(const string& answer, OnExists on_exists) {
  boost::asio::io_context context;
  ScriptedStream stream{
      context.get_executor(),
      {ScriptedStream::expect(), ScriptedStream::give(answer), ScriptedStream::eof()}};
  return florin::create<P>(stream, request, {.token = "t"}, {.on_exists = on_exists});
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_duplicate_has_the_reference_for_its_id) {
  check_named(decoded<ChosenPolicy>(409, duplicate), "m-1");
  const auto used = decoded<ChosenPolicy>(409, duplicate, OnExists::use_existing);
  BOOST_TEST_REQUIRE(used.has_value());
  BOOST_TEST(used->connector_customer_id == "m-1");
  BOOST_TEST(used->merchant_customer_id == "m-1");
  BOOST_TEST((used->origin == Origin::already_existed));
  // What the answer says comes first.
  const string_view named = R"({"code":"duplicate","existing":"c-9"})";
  check_named(decoded<ChosenPolicy>(409, named), "c-9");
  BOOST_TEST(decoded<ChosenPolicy>(409, named, OnExists::use_existing)->connector_customer_id ==
             "c-9");
}

BOOST_AUTO_TEST_CASE(a_reference_that_can_be_no_id_is_none) {
  for (const string_view reference : {"a b", "a/b", "..", "a?b", "\xC3\xA9"}) {
    const CreateRequest sent{.merchant_customer_id = string{reference}};
    check_named(decoded<ChosenPolicy>(409, duplicate, OnExists::fail, sent), "");
    check_named(decoded<ChosenPolicy>(409, duplicate, OnExists::use_existing, sent), "");
  }
}

BOOST_AUTO_TEST_CASE(nothing_but_a_duplicate_has_an_existing_id) {
  for (const OnExists on_exists : {OnExists::fail, OnExists::use_existing}) {
    const florin::Error error = error_of(decoded<ChosenPolicy>(409, R"({"code":"x"})", on_exists));
    BOOST_TEST((error.code == Errc::rejected));
    BOOST_TEST(error.existing_customer_id.empty());
    check_named(decoded<PlainPolicy>(409, duplicate, on_exists), "");
  }
}

BOOST_AUTO_TEST_CASE(every_layer_knows_the_id_of_a_duplicate) {
  const string answer =
      "HTTP/1.1 409 Conflict\r\nContent-Length: " + std::to_string(duplicate.size()) + "\r\n\r\n" +
      string{duplicate};
  check_named(over_a_stream<ChosenPolicy>(answer, OnExists::fail), "m-1");
  BOOST_TEST(
      over_a_stream<ChosenPolicy>(answer, OnExists::use_existing).value().connector_customer_id ==
      "m-1");

  Sandbox sandbox{chosen_processor()};
  Client<ChosenPolicy> client{{.token = "plain-token"}, options_for(sandbox)};
  AnyClient any = any_client<ChosenPolicy>(sandbox);
  BOOST_TEST_REQUIRE(client.create(request).has_value());
  for (const bool async : {false, true}) {
    check_named(call(client, async, request), "m-1");
    const auto used = call(client, async, request, {.on_exists = OnExists::use_existing});
    BOOST_TEST_REQUIRE(used.has_value());
    BOOST_TEST(used->connector_customer_id == "m-1");
  }
  check_named(any.create(request), "m-1");
  BOOST_TEST(
      any.create(request, {.on_exists = OnExists::use_existing}).value().connector_customer_id ==
      "m-1");
  for (const auto& ensured : {client.ensure(request), any.ensure(request)}) {
    BOOST_TEST_REQUIRE(ensured.has_value());
    BOOST_TEST(ensured->connector_customer_id == "m-1");
    BOOST_TEST((ensured->origin == Origin::already_existed));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_with_another_reference_names_an_existing_customer) {
  const string_view other = R"({"id":"c-9","reference":"m-0","email":"ana@example.com"})";
  // Whoever took it for his own would store one customer's id with another's reference.
  for (const OnExists on_exists : {OnExists::fail, OnExists::use_existing}) {
    check_other(decoded<KnownPolicy>(200, other, on_exists), "c-9");
    check_other(decoded<KnownPolicy>(201, other, on_exists), "c-9", 201);
  }
  for (const string_view own :
       {R"({"id":"c-9","reference":"m-1","email":"ana@example.com"})", R"({"id":"c-9"})",
        R"({"id":"c-9","reference":" m-1","email":"Ana@Example.com"})"}) {
    const auto answer = decoded<KnownPolicy>(200, own);
    BOOST_TEST_REQUIRE(answer.has_value(), own);
    BOOST_TEST(answer->connector_customer_id == "c-9");
    BOOST_TEST((answer->origin == Origin::created));
  }
}

BOOST_AUTO_TEST_CASE(a_strangers_answer_stays_unreadable) {
  for (const string_view body :
       {R"({"id":"c-9","reference":"m-0","email":"bo@example.com"})",
        R"({"id":"c-9","reference":"m-1","email":"bo@example.com"})", R"({"reference":"m-0"})"})
    BOOST_TEST((error_of(decoded<KnownPolicy>(200, body, OnExists::use_existing)).code ==
                Errc::unreadable_reply),
               body);
  BOOST_TEST((error_of(decoded<StrictPolicy>(200, R"({"id":"c-9","reference":"m-0"})")).code ==
              Errc::unreadable_reply));
}

BOOST_AUTO_TEST_CASE(no_layer_takes_another_customer_for_ones_own) {
  const string_view body = R"({"id":"c-9","reference":"m-0"})";
  const string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + string{body};
  check_other(over_a_stream<KnownPolicy>(answer, OnExists::use_existing), "c-9");

  Sandbox sandbox{known_processor()};
  Client<KnownPolicy> client{{.token = "plain-token"}, options_for(sandbox)};
  AnyClient any = any_client<KnownPolicy>(sandbox);
  const auto last = [&sandbox] { return sandbox.customers().back().id; };
  for (const OnExists on_exists : {OnExists::fail, OnExists::use_existing}) {
    for (const bool async : {false, true}) {
      const auto created = call(client, async, request, {.on_exists = on_exists});
      check_other(created, last(), 201);
    }
    const auto created = any.create(request, {.on_exists = on_exists});
    check_other(created, last(), 201);
  }
  const auto sent = sandbox.request_count();
  const auto ensured = client.ensure(request);
  check_other(ensured, last(), 201);
  const auto awaited = take(client.async_ensure(request, boost::asio::use_future));
  check_other(awaited, last(), 201);
  const auto chosen = any.ensure(request);
  check_other(chosen, last(), 201);
  // It is known at once: nothing is read or looked up.
  BOOST_TEST(sandbox.request_count() == sent + 3);
}

BOOST_AUTO_TEST_SUITE_END()
