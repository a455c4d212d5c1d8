// SPDX-License-Identifier: Apache-2.0
#include <florin/decode.hpp>
#include <florin/static_request.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compile_fail/parts.hpp"
#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(decode_response)

using namespace florin;
using namespace florin::wire;

namespace {

/// Knows duplicates, and tells whose they are.
struct DuplicatePolicy : parts::Facts {
  using Idempotency =
      IdempotencyHeader<"Idempotency-Key", 255, ReplayedBy<"Idempotent-Replayed", "true">>;
  static constexpr ResponseHeaders response_headers{.request_id = "Request-Id"};
  static constexpr json::Failure failure{
      .code = "code", .message = "message", .existing_id = "existing"};
  static constexpr std::array rules{
      Rule{.status = 409, .code = "duplicate", .means = Errc::customer_exists}};
  struct Create : parts::Posted, parts::Placed, parts::Filled, parts::Accounted {
    static constexpr json::Reply reply{.id = "id"};
  };
};
static_assert(ConnectorPolicy<DuplicatePolicy>);

const CreateRequest request{.merchant_customer_id = "m-1001"};
const std::vector<HeaderView> headers{{"Request-Id", "req_1"}};

Result<CreateResponse> decoded(int status, std::string_view body,
                               OnExists on_exists = OnExists::fail) {
  return decode<DuplicatePolicy>(
      ResponseView<std::vector<HeaderView>>{.status = status, .headers = headers, .body = body},
      request, on_exists);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_success_is_unified) {
  const auto result = decoded(201, R"({"id":"c-1"})");
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->merchant_customer_id == "m-1001");
  BOOST_TEST(result->connector_customer_id == "c-1");
  BOOST_TEST((result->status == CustomerStatus::active));
  BOOST_TEST(result->status_code == 200);
  BOOST_TEST(result->http_status == 201);
  BOOST_TEST((result->origin == Origin::created));
  BOOST_TEST(result->request_id == "req_1");
}

BOOST_AUTO_TEST_CASE(a_replayed_success_says_so) {
  const std::vector<HeaderView> replayed{{"idempotent-replayed", "true"}};
  const auto result = decode<DuplicatePolicy>(
      ResponseView<std::vector<HeaderView>>{200, replayed, R"({"id":"c-1"})"}, request);
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST((result->origin == Origin::replayed));
}

BOOST_AUTO_TEST_CASE(an_existing_customer_is_an_error_or_a_success) {
  const std::string_view body = R"({"code":"duplicate","existing":"c-9"})";
  const auto failed = decoded(409, body);
  BOOST_REQUIRE(failed.has_error());
  BOOST_TEST((failed.error().code == Errc::customer_exists));
  BOOST_TEST((failed.error().outcome == Outcome::in_effect));
  BOOST_TEST(failed.error().existing_customer_id == "c-9");
  BOOST_TEST(failed.error().request_id == "req_1");

  const auto used = decoded(409, body, OnExists::use_existing);
  BOOST_REQUIRE(used.has_value());
  BOOST_TEST(used->connector_customer_id == "c-9");
  BOOST_TEST(used->merchant_customer_id == "m-1001");
  BOOST_TEST((used->origin == Origin::already_existed));
  BOOST_TEST(used->status_code == 200);
  BOOST_TEST(used->http_status == 409);
}

BOOST_AUTO_TEST_CASE(a_duplicate_without_an_id_stays_an_error) {
  for (const std::string_view body :
       {R"({"code":"duplicate"})", R"({"code":"duplicate","existing":"not an id"})"}) {
    const auto result = decoded(409, body, OnExists::use_existing);
    BOOST_REQUIRE(result.has_error());
    BOOST_TEST((result.error().code == Errc::customer_exists));
    BOOST_TEST(result.error().existing_customer_id.empty());
  }
  // Another 409 is none.
  BOOST_TEST(
      (decoded(409, R"({"code":"busy","existing":"c-9"})", OnExists::use_existing).error().code ==
       Errc::rejected));
}

BOOST_AUTO_TEST_CASE(headers_may_be_of_any_range) {
  struct Field {
    std::string name;
    std::string value;
  };
  const std::array<Field, 1> list{Field{"REQUEST-ID", "req_2"}};
  const auto result = decode<DuplicatePolicy>(
      ResponseView<std::array<Field, 1>>{200, list, R"({"id":"c-1"})"}, request);
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->request_id == "req_2");
}

BOOST_AUTO_TEST_CASE(every_kind_of_request_is_echoed) {
  using namespace florin::fields;
  const CreateRequestView view = request;
  const auto fixed = customer(merchant_customer_id = "m-1001");
  const ResponseView<std::vector<HeaderView>> response{200, headers, R"({"id":"c-1"})"};
  BOOST_TEST(decode<DuplicatePolicy>(response, view).value().merchant_customer_id == "m-1001");
  BOOST_TEST(decode<DuplicatePolicy>(response, fixed).value().merchant_customer_id == "m-1001");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated_for_a_success) {
  Decoder<DuplicatePolicy> decoder;
  const auto kept = Create::keep(request);
  const std::string_view body =
      R"({"object":"customer","list":[1,2,{"x":null}],"id":"c-1","text":"some text"})";
  const auto read = [&] {
    decoder.reset();
    decoder.status(200);
    decoder.header("Request-Id", "req_1");
    decoder.body(body.substr(0, 30));
    decoder.body(body.substr(30));
    decoder.finish();
    return decoder.take(kept);
  };
  BOOST_TEST(read().has_value());
  const florin_test::AllocationCount count;
  const auto result = read();
  const std::size_t allocations = count.value();
  BOOST_TEST(allocations == 0U);
  BOOST_TEST(result.value().connector_customer_id == "c-1");
}

BOOST_AUTO_TEST_SUITE_END()
