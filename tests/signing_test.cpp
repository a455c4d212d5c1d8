// SPDX-License-Identifier: Apache-2.0
#include <florin/create.hpp>
#include <florin/policies/rapyd.hpp>
#include <florin/signing.hpp>
#include <florin/testing/scripted_stream.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "support/form_text.hpp"

BOOST_AUTO_TEST_SUITE(signing)
namespace {

using florin::RapydPolicy;
using florin::testing::ScriptedStream;
using florin_test::RequestText;

constexpr std::string_view letters_and_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// What layer 1 sends for one customer.
RequestText sent(const florin::ExchangeOptions& options) {
  boost::asio::io_context context;
  const std::string body = R"({"status":{"status":"SUCCESS"},"data":{"id":"cus_1"}})";
  ScriptedStream stream{context.get_executor(),
                        {ScriptedStream::expect(),
                         ScriptedStream::give("HTTP/1.1 200 OK\r\nContent-Length: " +
                                              std::to_string(body.size()) + "\r\n\r\n" + body),
                         ScriptedStream::eof()}};
  const florin::CreateRequest request{.merchant_customer_id = "m-1", .name = "Ana Example"};
  const RapydPolicy::Credentials credentials{.access_key = "FAKE_ACCESS",
                                             .secret_key = "FAKE_SECRET"};
  const auto answer = florin::create<RapydPolicy>(stream, request, credentials, options);
  BOOST_TEST_REQUIRE(answer.has_value());
  return florin_test::request_text(stream.written());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_salt_is_twelve_letters_and_digits) {
  for (int i = 0; i < 200; ++i) {
    const florin::FreshSalt salt;
    BOOST_TEST(salt.text().size() == 12U);
    BOOST_TEST((salt.text().find_first_not_of(letters_and_digits) == std::string_view::npos),
               salt.text());
  }
}

BOOST_AUTO_TEST_CASE(every_salt_is_another_one) {
  std::set<std::string> seen;
  std::set<char> used;
  for (int i = 0; i < 1000; ++i) {
    const florin::FreshSalt salt;
    seen.emplace(salt.text());
    used.insert(salt.text().begin(), salt.text().end());
  }
  BOOST_TEST(seen.size() == 1000U);
  // All of the alphabet comes up, of which 12 000 draws leave no doubt.
  BOOST_TEST(used.size() == letters_and_digits.size());
}

BOOST_AUTO_TEST_CASE(a_copy_has_the_same_text) {
  const florin::FreshSalt salt;
  const florin::FreshSalt copy = salt;
  BOOST_TEST(copy.text() == salt.text());
  BOOST_TEST((copy.text().data() != salt.text().data()));
}

BOOST_AUTO_TEST_CASE(the_time_is_that_of_the_clock) {
  const std::int64_t before = now();
  const std::int64_t seconds = florin::unix_time();
  BOOST_TEST(before <= seconds);
  BOOST_TEST(seconds <= now());
}

BOOST_AUTO_TEST_CASE(layer_1_makes_what_is_not_given) {
  const std::int64_t before = now();
  const auto first = sent({});
  const auto second = sent({});
  const std::int64_t after = now();
  BOOST_TEST(first.header("salt").size() == 12U);
  BOOST_TEST(first.header("salt") != second.header("salt"));
  BOOST_TEST(first.header("signature") != second.header("signature"));
  BOOST_TEST(std::stoll(first.header("timestamp")) >= before);
  BOOST_TEST(std::stoll(first.header("timestamp")) <= after);
}

BOOST_AUTO_TEST_CASE(layer_1_takes_what_is_given) {
  const florin::ExchangeOptions options{.salt = "saltsalt", .timestamp = 1'700'000'001};
  const auto first = sent(options);
  BOOST_TEST(first.header("salt") == "saltsalt");
  BOOST_TEST(first.header("timestamp") == "1700000001");
  BOOST_TEST(first.header("signature") == sent(options).header("signature"));
  BOOST_TEST(sent({.timestamp = 1}).header("timestamp") == "1");
}

BOOST_AUTO_TEST_SUITE_END()
