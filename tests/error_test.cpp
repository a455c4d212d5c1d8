// SPDX-License-Identifier: Apache-2.0
#include <florin/error.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

BOOST_AUTO_TEST_SUITE(error)

using namespace florin;

namespace {

struct Expected {
  Errc code;
  std::string_view name;
  int status;  // unified, when the processor's own was 418 or absent
};

// The whole enumeration, in its order.
constexpr std::array codes{
    Expected{Errc::missing_field, "missing_field", 422},
    Expected{Errc::invalid_field, "invalid_field", 422},
    Expected{Errc::invalid_credentials, "invalid_credentials", 401},
    Expected{Errc::invalid_idempotency_key, "invalid_idempotency_key", 422},
    Expected{Errc::invalid_options, "invalid_options", 422},
    Expected{Errc::resolve_failed, "resolve_failed", 503},
    Expected{Errc::connect_failed, "connect_failed", 503},
    Expected{Errc::proxy_failed, "proxy_failed", 503},
    Expected{Errc::tls_failed, "tls_failed", 503},
    Expected{Errc::out_of_resources, "out_of_resources", 503},
    Expected{Errc::queue_full, "queue_full", 503},
    Expected{Errc::deadline_exceeded, "deadline_exceeded", 504},
    Expected{Errc::cancelled, "cancelled", 499},
    Expected{Errc::directory_failed, "directory_failed", 503},
    Expected{Errc::claimed_elsewhere, "claimed_elsewhere", 409},
    Expected{Errc::in_doubt, "in_doubt", 409},
    Expected{Errc::connection_lost, "connection_lost", 502},
    Expected{Errc::unreadable_reply, "unreadable_reply", 502},
    Expected{Errc::customer_exists, "customer_exists", 409},
    Expected{Errc::invalid_data, "invalid_data", 422},
    Expected{Errc::unauthorized, "unauthorized", 401},
    Expected{Errc::forbidden, "forbidden", 403},
    Expected{Errc::not_found, "not_found", 404},
    Expected{Errc::idempotency_conflict, "idempotency_conflict", 409},
    Expected{Errc::rate_limited, "rate_limited", 429},
    Expected{Errc::connector_unavailable, "connector_unavailable", 503},
};

/// An error whose every free text is marked.
Error marked(Errc code) {
  Error error;
  error.code = code;
  error.outcome = Outcome::unknown;
  error.status_code = unified_status(code, 400);
  error.http_status = 400;
  error.connector = "acme";
  error.field = Field::email;
  error.reason = "is not an email address";
  error.connector_code = "MARK code";
  error.connector_type = "MARK type";
  error.connector_message = "MARK message";
  error.param = "MARK param";
  error.existing_customer_id = Text{"MARK existing"};
  error.request_id = Text{"MARK request"};
  error.idempotency_key = Text{"MARK key"};
  return error;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_code_has_its_name_and_unified_status) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto& expected = codes[i];
    BOOST_TEST(static_cast<std::size_t>(expected.code) == i);
    BOOST_TEST(to_string(expected.code) == expected.name);
    BOOST_TEST(unified_status(expected.code, 0) == expected.status, expected.name);
    BOOST_TEST(unified_status(expected.code, 418) == expected.status, expected.name);
    names.insert(expected.name);
  }
  BOOST_TEST(to_string(Errc::rejected) == "rejected");
  BOOST_TEST(static_cast<std::size_t>(Errc::rejected) == codes.size());
  BOOST_TEST(names.size() == codes.size());
}

BOOST_AUTO_TEST_CASE(unavailable_and_rejected_show_the_processors_status) {
  BOOST_TEST(unified_status(Errc::connector_unavailable, 500) == 500);
  BOOST_TEST(unified_status(Errc::connector_unavailable, 599) == 599);
  BOOST_TEST(unified_status(Errc::connector_unavailable, 424) == 503);
  BOOST_TEST(unified_status(Errc::connector_unavailable, 600) == 503);
  BOOST_TEST(unified_status(Errc::rejected, 402) == 402);
  BOOST_TEST(unified_status(Errc::rejected, 302) == 302);
  BOOST_TEST(unified_status(Errc::rejected, 300) == 300);
  BOOST_TEST(unified_status(Errc::rejected, 299) == 502);
  BOOST_TEST(unified_status(Errc::rejected, 200) == 502);
  BOOST_TEST(unified_status(Errc::rejected, 0) == 502);
}

BOOST_AUTO_TEST_CASE(outcomes_have_names) {
  BOOST_TEST(to_string(Outcome::no_effect) == "no_effect");
  BOOST_TEST(to_string(Outcome::in_effect) == "in_effect");
  BOOST_TEST(to_string(Outcome::unknown) == "unknown");
}

BOOST_AUTO_TEST_CASE(what_says_code_field_reason_status_and_outcome) {
  Error error;
  error.code = Errc::invalid_field;
  error.connector = "stripe";
  error.field = Field::address_line1;
  error.reason = "is longer than 5000 characters";
  BOOST_TEST(error.what() ==
             "stripe: invalid_field: address.line1 is longer than 5000 characters; outcome "
             "no_effect");

  Error refused;
  refused.code = Errc::connection_lost;
  refused.outcome = Outcome::unknown;
  refused.connector = "stripe";
  refused.phase = Phase::read;
  refused.cause = make_error_code(boost::system::errc::connection_reset);
  const std::string text = refused.what();
  BOOST_TEST(text.starts_with("stripe: connection_lost, during read, "));
  BOOST_TEST(text.ends_with("; outcome unknown"));
  BOOST_TEST(text.find(refused.cause.message()) != std::string::npos);

  Error by_status;
  by_status.code = Errc::unauthorized;
  by_status.http_status = 401;
  BOOST_TEST(by_status.what() == "unauthorized, HTTP 401; outcome no_effect");
}

BOOST_AUTO_TEST_CASE(what_never_has_text_of_the_processor_or_the_caller) {
  for (int i = 0; i <= static_cast<int>(Errc::rejected); ++i) {
    const Error error = marked(static_cast<Errc>(i));
    std::ostringstream streamed;
    streamed << error;
    BOOST_TEST(error.what().find("MARK") == std::string::npos, error.what());
    BOOST_TEST(streamed.str() == error.what());
    BOOST_TEST(error.what().find(to_string(error.code)) != std::string::npos);
    BOOST_TEST(error.what().find('\n') == std::string::npos);
    BOOST_TEST((Exception{error}.what() == error.what()));
  }
}

BOOST_AUTO_TEST_CASE(what_shows_the_processors_code_where_it_is_one) {
  Error error;
  error.code = Errc::invalid_data;
  const auto shown = [&error](std::string code) {
    error.connector_code = std::move(code);
    return error.what() != "invalid_data; outcome no_effect";
  };
  BOOST_TEST(shown("email_invalid"));
  BOOST_TEST(error.what() == "invalid_data (email_invalid); outcome no_effect");
  BOOST_TEST(shown("E00039"));
  BOOST_TEST(shown("09_azAZ"));
  for (const char other : std::string_view{"/:@[`{-. "})
    BOOST_TEST(!shown(std::string{"a"} + other), error.what());
  BOOST_TEST(shown(std::string(48, 'c')));
  for (const std::string& bad : {std::string{}, std::string(49, 'c'), std::string{"not a code"},
                                 std::string{"ana@example.com"}, std::string{"+15555550100"},
                                 std::string{"\xC3\xA9"}, std::string{"a\nb"}})
    BOOST_TEST(!shown(bad), error.what());
}

BOOST_AUTO_TEST_CASE(value_throws_the_whole_error) {
  const Result<int> failed = marked(Errc::customer_exists);
  BOOST_TEST(failed.has_error());
  try {
    (void)failed.value();
    BOOST_ERROR("value() of a failed result returned");
  } catch (const Exception& exception) {
    BOOST_TEST(exception.what() == failed.error().what());
    BOOST_TEST(exception.error().existing_customer_id == "MARK existing");
    BOOST_TEST((exception.error().code == Errc::customer_exists));
  }
  BOOST_CHECK_THROW((void)Result<void>{marked(Errc::rejected)}.value(), std::runtime_error);
  BOOST_TEST(Result<int>{7}.value() == 7);
}

BOOST_AUTO_TEST_CASE(a_copy_is_equal_in_every_member) {
  Error error = marked(Errc::rate_limited);
  error.retry_after = std::chrono::seconds{3};
  error.transient = true;
  error.dropped = {Field::phone};
  error.attempts = 2;
  error.timings.add(Phase::read, std::chrono::milliseconds{5});
  const Error copy{error};  // NOLINT(performance-unnecessary-copy-initialization)
  BOOST_TEST(copy.what() == error.what());
  BOOST_TEST(copy.connector_message == error.connector_message);
  BOOST_TEST((copy.retry_after == error.retry_after));
  BOOST_TEST(copy.transient);
  BOOST_TEST((copy.dropped == error.dropped));
  BOOST_TEST(copy.attempts == 2);
  BOOST_TEST((copy.timings.total() == std::chrono::milliseconds{5}));
}

BOOST_AUTO_TEST_SUITE_END()
