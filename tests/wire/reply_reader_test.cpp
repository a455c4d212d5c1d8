// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/path_table.hpp>
#include <florin/wire/reply.hpp>
#include <florin/wire/reply_reader.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reply_reader_cases {

using namespace florin;
using namespace florin::wire;

namespace {

constexpr std::array rules{
    Rule{.status = 409, .code = "duplicate", .means = Errc::customer_exists},
    Rule{.code = "busy", .means = Errc::idempotency_conflict, .retry = Retry::yes},
    Rule{.status = 500, .type = "fatal", .means = Errc::connector_unavailable, .retry = Retry::no},
    Rule{.code = "declined", .refuses = true},
};

constexpr json::Failure failure{.code = "error.code",
                                .type = "error.type",
                                .message = "error.message",
                                .param = "error.param",
                                .request_id = "request",
                                .existing_id = "error.customer"};
constexpr json::Reply reply{.id = "id", .id_prefix = "cus_"};

/// Makes the tree of these places.
template <const json::Failure& Failures, const json::Reply& Replies>
struct Tree {
  static consteval PathTree make() { return PathTree::make(Failures, Replies); }
};

constexpr ReplyFacts facts = [] {
  ReplyFacts made;
  made.connector = "acme";
  made.failure = failure;
  made.reply = reply;
  made.paths = path_table<Tree<failure, reply>>();
  made.headers = {
      .request_id = "X-Request", .should_retry = "X-Should-Retry", .limit_reset = "X-Limit-Reset"};
  made.replay_header = "X-Replayed";
  made.replay_value = "true";
  made.rules = rules;
  return made;
}();

/// Every answer has a request id.
constexpr ReplyFacts marked_facts = [] {
  ReplyFacts made = facts;
  made.headers.on_every_answer = true;
  return made;
}();

constexpr std::array status_rules{
    Rule{.status = 409, .means = Errc::idempotency_conflict, .retry = Retry::yes},
    Rule{.status = 400, .message = "Taken.", .means = Errc::customer_exists}};
constexpr ReplyFacts status_facts = [] {
  ReplyFacts made = facts;
  made.rules = status_rules;
  return made;
}();

constexpr json::Reply confirmation{.verdict = "id", .message_refuses = true};
constexpr ReplyFacts confirming_facts = [] {
  ReplyFacts made = facts;
  made.reads = Reads::confirmation;
  made.reply = confirmation;
  made.paths = path_table<Tree<failure, confirmation>>();
  return made;
}();

struct RecordTree {
  static consteval PathTree make() {
    return PathTree::make(failure, reply, json::Record{.id = "id", .email = "email"});
  }
};
constexpr ReplyFacts record_facts = [] {
  ReplyFacts made = facts;
  made.reads = Reads::record;
  made.success_paths = path_table<RecordTree>();
  return made;
}();

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

void feed(ReplyReader& reader, int status, std::string_view body, const Headers& headers = {}) {
  reader.reset();
  reader.status(status);
  for (const auto& [name, value] : headers) reader.header(name, value);
  reader.body(body);
  reader.finish();
}

std::optional<Error> failure_of(int status, std::string_view body, const Headers& headers = {}) {
  ReplyReader reader{facts};
  feed(reader, status, body, headers);
  return reader.failure();
}

Error error_of(int status, std::string_view body, const Headers& headers = {}) {
  auto found = failure_of(status, body, headers);
  BOOST_REQUIRE_MESSAGE(found.has_value(), "status " << status << " was taken for a success");
  return *std::move(found);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_reply_reader)

BOOST_AUTO_TEST_CASE(a_refusal_that_comes_with_a_success_has_changed_nothing) {
  for (const int status : {200, 408, 409, 500}) {
    const Error declined = error_of(status, R"({"error":{"code":"declined"}})");
    BOOST_TEST((declined.code == Errc::rejected));
    BOOST_TEST((declined.outcome == Outcome::no_effect), status);
  }
  // Of others that is not known.
  BOOST_TEST((error_of(200, R"({"error":{"code":"odd"}})").outcome == Outcome::unknown));
}

BOOST_AUTO_TEST_CASE(a_limits_end_counts_where_there_is_no_other_wait) {
  using namespace std::chrono_literals;
  const auto wait = [](int status, const Headers& headers) {
    return error_of(status, R"({"error":{"code":"x"}})", headers).retry_after;
  };
  BOOST_TEST((wait(429, {{"x-limit-reset", "2.5"}}) == 2'500ms));
  BOOST_TEST((wait(429, {{"X-Limit-Reset", "2"}, {"X-Limit-Reset", "9"}}) == 2s));
  BOOST_TEST((wait(429, {{"X-Limit-Reset", "9"}, {"Retry-After", "3"}}) == 3s));
  BOOST_TEST((wait(429, {{"Date", "Tue, 01 Dec 2026 00:00:00 GMT"},
                         {"X-Limit-Reset", "1796083230"}}) == 30s));
  BOOST_TEST(!wait(429, {{"X-Limit-Reset", "soon"}}).has_value());
  // The others have it too, and mean nothing by it.
  BOOST_TEST(!wait(503, {{"X-Limit-Reset", "9"}}).has_value());
}

BOOST_AUTO_TEST_CASE(a_confirmation_with_an_error_is_none) {
  ReplyReader reader{confirming_facts};
  feed(reader, 200, R"({"id":"cus_1"})");
  BOOST_TEST(!reader.failure().has_value());
  feed(reader, 200, R"({"id":"cus_1","error":{"message":"not quite"}})");
  BOOST_TEST_REQUIRE(reader.failure().has_value());
  BOOST_TEST((reader.failure()->outcome == Outcome::unknown));
  BOOST_TEST(reader.failure()->connector_message == "not quite");
}

BOOST_AUTO_TEST_CASE(every_2xx_with_an_id_is_a_success) {
  ReplyReader reader{facts};
  for (const int status : {200, 201, 202, 299}) {
    feed(reader, status, R"({"id":"cus_1"})", {{"x-request", "req_1"}});
    BOOST_TEST(!reader.failure().has_value());
    BOOST_TEST(reader.id() == "cus_1");
    BOOST_TEST(reader.http_status() == status);
    BOOST_TEST(reader.request_id() == "req_1");
    BOOST_TEST(!reader.replayed());
  }
}

BOOST_AUTO_TEST_CASE(a_success_that_cannot_be_used_is_unreadable_and_of_unknown_outcome) {
  const std::string long_id = "cus_" + std::string(252, 'a');
  for (const std::string& body : {std::string{},
                                  std::string{"<html>ok</html>"},
                                  std::string{"{\"id\":\"cus_1\""},
                                  std::string{"{}"},
                                  std::string{R"({"id":null})"},
                                  std::string{R"({"id":""})"},
                                  std::string{R"({"id":{"id":"cus_1"}})"},
                                  std::string{R"({"id":"acct_1"})"},
                                  std::string{R"({"id":"cus_ 1"})"},
                                  std::string{R"({"id":"cus_1\n"})"},
                                  std::string{R"({"id":"cus_\u0000"})"},
                                  std::string{R"({"id":"cus_\u00e9"})"},
                                  std::string{R"({"id":17})"},
                                  std::string{R"({"id":"cus_1/.."})"},
                                  std::string{R"({"id":"cus_1?x"})"},
                                  std::string{R"({"id":"cus_1#"})"},
                                  std::string{R"({"id":"cus_%2e"})"},
                                  std::string{R"({"id":"cus_1;x"})"},
                                  std::string{R"({"id":"cus_\\1"})"},
                                  "{\"id\":\"" + long_id + "\"}",
                                  "{\"id\":\"cus_" + std::string(5000, 'a') + "\"}"}) {
    const Error error = error_of(200, body, {{"X-Request", "req_1"}});
    BOOST_TEST((error.code == Errc::unreadable_reply), body.substr(0, 40));
    BOOST_TEST((error.outcome == Outcome::unknown));
    BOOST_TEST(error.status_code == 502);
    BOOST_TEST(error.http_status == 200);
    BOOST_TEST(error.transient);
    BOOST_TEST(error.connector == "acme");
    BOOST_TEST(error.request_id == "req_1");
    BOOST_TEST(!error.reason.empty());
  }
  BOOST_TEST(!failure_of(200, "{\"id\":\"" + long_id.substr(0, 255) + "\"}").has_value());
}

BOOST_AUTO_TEST_CASE(a_body_is_read_up_to_its_limit) {
  const auto padded = [](std::size_t size) {
    std::string body = R"({"id":"cus_1","x":")";
    body.append(size - body.size() - 2, 'x');
    return body + "\"}";
  };
  BOOST_TEST(!failure_of(200, padded(ReplyReader::max_body)).has_value());
  const Error error = error_of(200, padded(ReplyReader::max_body + 1));
  BOOST_TEST((error.code == Errc::unreadable_reply));
  BOOST_TEST(error.reason == "the body is larger than 1 MiB");

  // In pieces, where only the last one is too much.
  ReplyReader reader{facts};
  reader.status(200);
  const std::string piece(1U << 16U, ' ');
  reader.body(R"({"id":"cus_1"})");
  for (int i = 0; i < 16; ++i) reader.body(piece);
  reader.finish();
  BOOST_REQUIRE(reader.failure().has_value());
  BOOST_TEST(reader.failure()->reason == "the body is larger than 1 MiB");
  // What came of it does not depend on the pieces.
  reader.reset();
  reader.status(400);
  reader.body(R"({"error":{"code":"busy"},"x":")");
  for (int i = 0; i < 17; ++i) reader.body(piece);
  reader.finish();
  BOOST_TEST(reader.failure()->connector_code.empty());
  BOOST_TEST((reader.failure()->code == Errc::invalid_data));
  // The next answer is read as if nothing had been.
  feed(reader, 200, R"({"id":"cus_2"})");
  BOOST_TEST(!reader.failure().has_value());
  BOOST_TEST(reader.id() == "cus_2");
}

BOOST_AUTO_TEST_CASE(statuses_without_a_rule_mean_what_http_says) {
  const std::vector<std::pair<int, Errc>> expected{{301, Errc::rejected},
                                                   {302, Errc::rejected},
                                                   {400, Errc::invalid_data},
                                                   {401, Errc::unauthorized},
                                                   {402, Errc::rejected},
                                                   {403, Errc::forbidden},
                                                   {404, Errc::not_found},
                                                   {405, Errc::rejected},
                                                   {408, Errc::rejected},
                                                   {409, Errc::rejected},
                                                   {415, Errc::rejected},
                                                   {422, Errc::invalid_data},
                                                   {424, Errc::connector_unavailable},
                                                   {429, Errc::rate_limited},
                                                   {500, Errc::connector_unavailable},
                                                   {501, Errc::connector_unavailable},
                                                   {502, Errc::connector_unavailable},
                                                   {503, Errc::connector_unavailable},
                                                   {504, Errc::connector_unavailable},
                                                   {599, Errc::connector_unavailable}};
  for (const auto& [status, code] : expected) {
    for (const std::string_view body : {"", "<html>", R"({"error":{"code":"c"}})"}) {
      const Error error = error_of(status, body);
      BOOST_TEST((error.code == code), "status " << status << " became " << to_string(error.code));
      BOOST_TEST(error.http_status == status);
      BOOST_TEST(error.status_code == unified_status(code, status));
      const bool unknown =
          status < 400 || status == 408 || status == 409 || code == Errc::connector_unavailable;
      BOOST_TEST((error.outcome == (unknown ? Outcome::unknown : Outcome::no_effect)),
                 "status " << status);
      BOOST_TEST(error.transient ==
                 (code == Errc::rate_limited || code == Errc::connector_unavailable));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_refusal_leaves_open_whether_the_customer_exists) {
  for (const int status : {0, 100, 101, 199, 300, 301, 302, 303, 304, 305, 399, 408, 409}) {
    const Error error = error_of(status, "<html>");
    BOOST_TEST((error.code == Errc::rejected), "status " << status);
    BOOST_TEST((error.outcome == Outcome::unknown), "status " << status);
    BOOST_TEST(!error.from_processor);
  }
  // These ask for the same request elsewhere: it was not carried out here.
  for (const int status : {307, 308})
    BOOST_TEST((error_of(status, "").outcome == Outcome::no_effect), "status " << status);
}

BOOST_AUTO_TEST_CASE(an_error_of_the_processors_own_is_told_from_an_edges) {
  const auto own = [](int status, std::string_view body) {
    return error_of(status, body).from_processor;
  };
  BOOST_TEST(own(400, R"({"error":{"code":"c"}})"));
  BOOST_TEST(own(400, R"({"error":{"type":"t","message":null}})"));
  BOOST_TEST(own(400, R"({"error":{"code":""," type":"x","type":"invalid_request"}})"));
  BOOST_TEST(own(503, R"({"error":{"code":"Too Many Requests"}})"));
  BOOST_TEST(own(400, R"({"error":{"code":42}})"));
  for (const std::string_view body :
       {"", "<html>400 Bad Request</html>", "Bad Request", "{}", "[]", "null",
        R"({"message":"Forbidden"})", R"({"error":{"message":"m"}})", R"({"error":"Bad Request"})",
        R"({"error":{"code":null,"type":""}})", R"({"error":{"code":{"a":"b"}}})",
        R"({"error":{"type":"https://example.org/errors/1015"}})",
        R"({"error":{"code":"<b>blocked</b>"}})", R"({"error":{"code":"c"})",
        R"({"error":{"code":"c"}} trailing)"})
    BOOST_TEST(!own(400, body), body);
}

BOOST_AUTO_TEST_CASE(a_code_is_made_of_few_characters) {
  const auto own = [](const std::string& code) {
    return error_of(400, R"({"error":{"code":")" + code + "\"}}").from_processor;
  };
  for (const char c : std::string_view{"09azAZ_-. "}) BOOST_TEST(own(std::string(2, c)), c);
  for (const char c : std::string_view{"/:@[`{,+^!"}) BOOST_TEST(!own(std::string(2, c)), c);
  BOOST_TEST(own(std::string(64, 'c')));
  BOOST_TEST(!own(std::string(65, 'c')));
}

BOOST_AUTO_TEST_CASE(no_rule_judges_an_edges_answer_by_its_status) {
  ReplyReader reader{status_facts};
  feed(reader, 409, R"({"error":{"code":"anything"}})");
  BOOST_TEST((reader.failure().value().code == Errc::idempotency_conflict));
  BOOST_TEST(reader.failure().value().from_processor);
  for (const std::string_view body : {"", "<html>", R"({"message":"Conflict"})"}) {
    feed(reader, 409, body);
    BOOST_TEST((reader.failure().value().code == Errc::rejected), body);
    BOOST_TEST((reader.failure().value().outcome == Outcome::unknown), body);
    BOOST_TEST(!reader.failure().value().transient, body);
    BOOST_TEST(!reader.failure().value().from_processor, body);
  }
  // A text that a rule knows is proof enough; in a body that is cut it is none.
  feed(reader, 400, R"({"error":{"message":"Taken."}})");
  BOOST_TEST((reader.failure().value().code == Errc::customer_exists));
  BOOST_TEST(reader.failure().value().from_processor);
  feed(reader, 400, R"({"error":{"message":"Taken.")");
  BOOST_TEST((reader.failure().value().code == Errc::invalid_data));
  BOOST_TEST(!reader.failure().value().from_processor);
}

BOOST_AUTO_TEST_CASE(of_several_headers_with_one_name_the_first_counts) {
  ReplyReader reader{facts};
  feed(reader, 200, R"({"id":"cus_1"})",
       {{"X-Request", "req_1"},
        {"X-Replayed", "false"},
        {"x-request", "req_2"},
        {"x-replayed", "true"}});
  BOOST_TEST(reader.request_id() == "req_1");
  BOOST_TEST(!reader.replayed());
  const Error error = error_of(503, "",
                               {{"Retry-After", "7"},
                                {"Retry-After", "9"},
                                {"X-Should-Retry", "false"},
                                {"X-Should-Retry", "true"}});
  BOOST_TEST((error.retry_after == std::chrono::seconds{7}));
  BOOST_TEST(!error.transient);
}

BOOST_AUTO_TEST_CASE(an_errors_parts_stand_in_their_own_members) {
  const Error error = error_of(
      400,
      R"({"error":{"code":"c","type":"t","message":"m","param":"p","customer":"no"},"request":"r"})");
  BOOST_TEST(error.connector_code == "c");
  BOOST_TEST(error.connector_type == "t");
  BOOST_TEST(error.connector_message == "m");
  BOOST_TEST(error.param == "p");
  BOOST_TEST(error.request_id == "r");
  BOOST_TEST(error.existing_customer_id.empty());
  BOOST_TEST(!error.field.has_value());
  BOOST_TEST(error.what().find('m') != 0U);
}

BOOST_AUTO_TEST_CASE(the_request_id_of_the_header_comes_first) {
  const Error error = error_of(400, R"({"request":"body"})", {{"X-REQUEST", "header"}});
  BOOST_TEST(error.request_id == "header");
}

BOOST_AUTO_TEST_CASE(rules_are_exact) {
  const auto code_of = [](int status, std::string_view body) {
    return error_of(status, body).code;
  };
  BOOST_TEST((code_of(409, R"({"error":{"code":"duplicate"}})") == Errc::customer_exists));
  BOOST_TEST((code_of(400, R"({"error":{"code":"duplicate"}})") == Errc::invalid_data));
  BOOST_TEST((code_of(409, R"({"error":{"code":"duplicate_x"}})") == Errc::rejected));
  BOOST_TEST((code_of(409, R"({"error":{"code":"x_duplicate"}})") == Errc::rejected));
  BOOST_TEST((code_of(409, R"({"error":{"code":"duplic"}})") == Errc::rejected));
  BOOST_TEST((code_of(409, R"({"error":{"message":"duplicate"}})") == Errc::rejected));
  BOOST_TEST((code_of(409, R"({"code":"duplicate"})") == Errc::rejected));
  BOOST_TEST((code_of(418, R"({"error":{"code":"busy"}})") == Errc::idempotency_conflict));
}

BOOST_AUTO_TEST_CASE(a_duplicate_names_the_existing_customer) {
  const auto exists = [](std::string_view customer) {
    return error_of(
        409, R"({"error":{"code":"duplicate","customer":")" + std::string{customer} + "\"}}");
  };
  BOOST_TEST(exists("cus_9").existing_customer_id == "cus_9");
  BOOST_TEST((exists("cus_9").outcome == Outcome::in_effect));
  BOOST_TEST(exists("cus_9").status_code == 409);
  // What is no id is not handed on as one.
  for (const std::string& bad :
       {std::string{}, std::string{"a b"}, std::string{"\\n"}, std::string{".."},
        std::string{"a%2Fb"}, std::string(300, 'a'), std::string(3000, 'a')}) {
    BOOST_TEST(exists(bad).existing_customer_id.empty(), bad.substr(0, 10));
    BOOST_TEST((exists(bad).code == Errc::customer_exists));
  }
}

BOOST_AUTO_TEST_CASE(who_decides_on_a_retry) {
  const auto transient = [](int status, std::string_view body, const Headers& headers = {}) {
    return error_of(status, body, headers).transient;
  };
  const std::string_view busy = R"({"error":{"code":"busy"}})";
  const std::string_view fatal = R"({"error":{"type":"fatal"}})";
  BOOST_TEST(transient(400, busy));
  BOOST_TEST(!transient(500, fatal));
  BOOST_TEST(transient(500, ""));
  BOOST_TEST(!transient(400, ""));
  // The processor's own word is above everything.
  BOOST_TEST(!transient(400, busy, {{"x-should-retry", "false"}}));
  BOOST_TEST(transient(500, fatal, {{"X-SHOULD-RETRY", "TRUE"}}));
  BOOST_TEST(transient(400, "", {{"X-Should-Retry", "true"}}));
  BOOST_TEST(transient(500, "", {{"X-Should-Retry", "perhaps"}}));
  // A stored failure would be stored still.
  BOOST_TEST(!transient(500, "", {{"X-Replayed", "true"}}));
  BOOST_TEST(transient(500, "", {{"X-Replayed", "false"}}));
  BOOST_TEST(transient(500, "", {{"X-Replayed", "true"}, {"X-Should-Retry", "true"}}));
}

BOOST_AUTO_TEST_CASE(the_wait_is_read_from_retry_after) {
  using namespace std::chrono_literals;
  BOOST_TEST((error_of(429, "", {{"retry-after", "7"}}).retry_after == 7s));
  BOOST_TEST((error_of(503, "",
                       {{"Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"},
                        {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}})
                  .retry_after == 30s));
  BOOST_TEST(!error_of(429, "").retry_after.has_value());
  BOOST_TEST(!error_of(429, "", {{"Retry-After", "later"}}).retry_after.has_value());
}

BOOST_AUTO_TEST_CASE(replayed_means_the_declared_value) {
  ReplyReader reader{facts};
  for (const auto& [value, replayed] : std::vector<std::pair<std::string_view, bool>>{
           {"true", true}, {"TRUE", true}, {"false", false}, {"", false}, {"1", false}}) {
    feed(reader, 200, R"({"id":"cus_1"})", {{"x-replayed", value}});
    BOOST_TEST(reader.replayed() == replayed, value);
  }
}

BOOST_AUTO_TEST_CASE(nothing_of_one_answer_reaches_the_next) {
  ReplyReader reader{facts};
  feed(reader, 409, R"({"error":{"code":"duplicate","message":"m","customer":"cus_9"}})",
       {{"X-Request", "r"},
        {"X-Replayed", "true"},
        {"Retry-After", "7"},
        {"X-Should-Retry", "true"}});
  feed(reader, 400, "{}");
  const auto error = reader.failure();
  BOOST_REQUIRE(error.has_value());
  BOOST_TEST((error->code == Errc::invalid_data));
  BOOST_TEST(error->connector_code.empty());
  BOOST_TEST(error->connector_message.empty());
  BOOST_TEST(error->request_id.empty());
  BOOST_TEST(error->existing_customer_id.empty());
  BOOST_TEST(!error->retry_after.has_value());
  BOOST_TEST(!error->transient);
  BOOST_TEST(!reader.replayed());
}

BOOST_AUTO_TEST_CASE(a_record_is_read_of_a_2xx_alone) {
  ReplyReader reader{record_facts};
  for (const auto& [status, read] : std::vector<std::pair<int, bool>>{
           {199, false}, {200, true}, {299, true}, {300, false}, {404, false}}) {
    feed(reader, status, R"({"id":"cus_1","email":"a@b"})");
    BOOST_TEST(reader.record().whole().text == (read ? "a@b" : ""), status);
  }
}

BOOST_AUTO_TEST_CASE(a_header_that_is_too_long_is_ignored) {
  ReplyReader reader{facts};
  feed(reader, 200, R"({"id":"cus_1"})", {{"X-Request", std::string(255, 'r')}});
  BOOST_TEST(reader.request_id().size() == 255U);
  feed(reader, 200, R"({"id":"cus_1"})", {{"X-Request", std::string(256, 'r')}});
  BOOST_TEST(reader.request_id().empty());
}

BOOST_AUTO_TEST_CASE(header_names_are_compared_without_letter_case) {
  BOOST_TEST(same_name("Request-Id", "rEQUEST-iD"));
  BOOST_TEST(!same_name("Request-Id", "Request_Id"));
  BOOST_TEST(!same_name("Request-Id", "Request-I"));
  BOOST_TEST(!same_name("@", "`"));
  BOOST_TEST(!same_name("[", "{"));
  BOOST_TEST(same_name("", ""));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// Answers of the less usual kinds, one policy's facts each.

constexpr json::Failure verdict_failure{.code = "messages[0].code",
                                        .message = {"messages[0].text", "message"},
                                        .existing_id_behind = "with ID "};
constexpr json::Reply verdict_reply{.id = "id", .verdict = "result", .verdict_text = "Ok"};
constexpr ReplyFacts verdict_facts = [] {
  ReplyFacts made;
  made.failure = verdict_failure;
  made.reply = verdict_reply;
  made.paths = path_table<Tree<verdict_failure, verdict_reply>>();
  made.rules = rules;
  return made;
}();

constexpr json::Failure link_failure{.code = "code", .existing_id = "_links.about.href"};
constexpr json::Reply link_reply{.id_header = "Location"};
constexpr ReplyFacts link_facts = [] {
  ReplyFacts made;
  made.failure = link_failure;
  made.reply = link_reply;
  made.paths = path_table<Tree<link_failure, link_reply>>();
  made.rules = rules;
  return made;
}();

/// Links that have to lead below one place.
constexpr json::Reply place_reply{.id_header = "Location", .link_path = "/customers/"};
constexpr ReplyFacts place_facts = [] {
  ReplyFacts made = link_facts;
  made.reply = place_reply;
  made.paths = path_table<Tree<link_failure, place_reply>>();
  return made;
}();

/// A token of at most 8 bytes.
constexpr ReplyFacts token_facts = [] {
  ReplyFacts made = verdict_facts;
  made.reply = {.id = "id"};
  made.reads = Reads::token;
  made.max_id = 8;
  return made;
}();

/// What confirms that something was done, with the id that is told or without one.
template <const json::Reply& reply>
constexpr ReplyFacts confirming = [] {
  ReplyFacts made;
  made.failure = link_failure;
  made.reply = reply;
  made.reads = Reads::confirmation;
  made.paths = path_table<Tree<link_failure, reply>>();
  return made;
}();
constexpr json::Reply silent_reply{};
constexpr json::Reply plain_reply{.id = "id"};

constexpr json::Failure word_failure{
    .message = "message", .param_behind = "parameter ", .param_before = " is"};
constexpr ReplyFacts word_facts = [] {
  ReplyFacts made;
  made.failure = word_failure;
  made.reply = plain_reply;
  made.paths = path_table<Tree<word_failure, plain_reply>>();
  return made;
}();

constexpr json::Failure name_failure{.message = {"detail", "*[0]"},
                                     .param = {"source.pointer", "*.~"}};
constexpr ReplyFacts name_facts = [] {
  ReplyFacts made;
  made.failure = name_failure;
  made.reply = plain_reply;
  made.paths = path_table<Tree<name_failure, plain_reply>>();
  return made;
}();

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_reply_reader_kinds)

BOOST_AUTO_TEST_CASE(where_there_are_no_codes_a_message_shows_whose_an_error_is) {
  const auto own = [](const ReplyFacts& of, std::string_view body) {
    ReplyReader reader{of};
    feed(reader, 400, body);
    return reader.failure().value().from_processor;
  };
  BOOST_TEST(own(word_facts, R"({"message":"m"})"));
  BOOST_TEST(!own(word_facts, R"({"message":""})"));
  BOOST_TEST(!own(word_facts, R"({"message":"m")"));
  BOOST_TEST(!own(word_facts, R"({"detail":"m"})"));
  BOOST_TEST(own(name_facts, R"({"detail":"m"})"));
  BOOST_TEST(!own(name_facts, R"({"source":{"pointer":"/email"}})"));
}

BOOST_AUTO_TEST_CASE(a_200_can_be_a_refusal) {
  ReplyReader reader{verdict_facts};
  feed(reader, 200, R"({"result":"Ok","id":"7","messages":[{"code":"I1","text":"fine"}]})");
  BOOST_TEST(!reader.failure().has_value());
  BOOST_TEST(reader.id() == "7");

  feed(reader, 200, R"({"result":"Error","id":"7","messages":[{"code":"E1","text":"no"}]})");
  auto error = reader.failure();
  BOOST_REQUIRE(error.has_value());
  BOOST_TEST((error->code == Errc::rejected));
  BOOST_TEST((error->outcome == Outcome::unknown));
  BOOST_TEST(error->connector_code == "E1");
  BOOST_TEST(error->connector_message == "no");

  feed(reader, 200, R"({"result":"Error","messages":[{"code":"busy","text":"no"}]})");
  BOOST_TEST((reader.failure().value().code == Errc::idempotency_conflict));
  // Neither a success nor a refusal.
  for (const std::string_view body :
       {R"({"result":"Error"})", R"({"id":"7"})", R"({"result":"ok","id":"7"})"}) {
    feed(reader, 200, body);
    BOOST_REQUIRE_MESSAGE(reader.failure().has_value(), body);
    BOOST_TEST((reader.failure()->code == Errc::unreadable_reply), body);
    BOOST_TEST((reader.failure()->outcome == Outcome::unknown), body);
  }
}

BOOST_AUTO_TEST_CASE(an_existing_id_can_stand_in_the_message) {
  ReplyReader reader{verdict_facts};
  const auto existing = [&](std::string_view text) {
    feed(reader, 409, R"({"messages":[{"code":"duplicate","text":")" + std::string{text} + "\"}]}");
    return reader.failure().value().existing_customer_id.str();
  };
  BOOST_TEST(existing("A record with ID 39931060 already exists.") == "39931060");
  BOOST_TEST(existing("A record with ID 09-azAZ_, which exists.") == "09-azAZ_");
  for (const char other : std::string_view{"/:@[`{,^"})
    BOOST_TEST(existing(std::string{"A record with ID 17"} + other) == "17");
  BOOST_TEST(existing("A record with ID") == "");
  BOOST_TEST(existing("A record with ID .") == "");
  BOOST_TEST(existing("No such text") == "");
}

BOOST_AUTO_TEST_CASE(an_error_without_a_body_is_known_by_its_request_id) {
  const auto own = [](const ReplyFacts& of, std::string_view body, const Headers& headers) {
    ReplyReader reader{of};
    feed(reader, 404, body, headers);
    BOOST_TEST((reader.failure().value().code == Errc::not_found));
    return reader.failure()->from_processor;
  };
  const Headers marked{{"x-request", "r-1"}};
  BOOST_TEST(own(marked_facts, "", marked));
  BOOST_TEST(!own(marked_facts, "", Headers{}));
  BOOST_TEST(!own(marked_facts, "", Headers{{"X-Request", ""}}));
  BOOST_TEST(!own(facts, "", marked));
  // What has a body is judged by it.
  BOOST_TEST(!own(marked_facts, "<html>", marked));
  BOOST_TEST(!own(marked_facts, "{}", marked));
  BOOST_TEST(own(marked_facts, R"({"error":{"code":"none"}})", Headers{}));
}

BOOST_AUTO_TEST_CASE(an_id_can_come_in_a_header) {
  ReplyReader reader{link_facts};
  for (const auto& [location, id] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"https://api.example/customers/c-1", "c-1"},
           {"https://api.example/customers/c-1/", "c-1"},
           {"/customers/c-1?x=/y#z", "c-1"},
           {"c-1", "c-1"}}) {
    feed(reader, 201, "", {{"location", location}});
    BOOST_TEST(!reader.failure().has_value(), location);
    BOOST_TEST(reader.id() == id, location);
    feed(reader, 201, "{}", {{"Location", location}});
    BOOST_TEST(!reader.failure().has_value(), location);
  }
  for (const std::string_view location : {"", "/", "///", "/a b", "?x"}) {
    feed(reader, 201, "", {{"Location", location}});
    BOOST_TEST((reader.failure().value().code == Errc::unreadable_reply), location);
  }
  feed(reader, 201, "");
  BOOST_TEST((reader.failure().value().code == Errc::unreadable_reply));
  feed(reader, 201, "<html>", {{"Location", "/c-1"}});
  BOOST_TEST((reader.failure().value().code == Errc::unreadable_reply));
}

BOOST_AUTO_TEST_CASE(a_link_leads_below_its_place) {
  ReplyReader reader{place_facts};
  const auto id = [&](std::string_view location) {
    feed(reader, 201, "", {{"Location", location}});
    return reader.failure() ? std::string{"-"} : std::string{reader.id()};
  };
  BOOST_TEST(id("https://api.example/customers/c-1") == "c-1");
  BOOST_TEST(id("/customers/c-1") == "c-1");
  BOOST_TEST(id("/Customers/c-1/") == "c-1");
  BOOST_TEST(id("c-1") == "c-1");
  for (const std::string_view location :
       {"/c-1", "customers/c-1", "/accounts/c-1", "/customers/x/c-1", "/customersx/c-1"})
    BOOST_TEST(id(location) == "-", location);
}

BOOST_AUTO_TEST_CASE(a_token_is_visible_and_not_too_long) {
  ReplyReader reader{token_facts};
  const auto accepted = [&](std::string_view token) {
    feed(reader, 200, R"({"id":")" + std::string{token} + "\"}");
    return !reader.failure().has_value();
  };
  for (const std::string_view token : {"t", "12345678", "!~/?#%;.", "a.b"})
    BOOST_TEST(accepted(token), token);
  for (const std::string_view token : {"", "123456789", "a b", "a\\u007f", "a\\u0080", "a\\n"})
    BOOST_TEST(!accepted(token), token);
}

BOOST_AUTO_TEST_CASE(a_whole_document_confirms_what_was_asked) {
  const auto confirmed = [](const ReplyFacts& of, std::string_view body) {
    ReplyReader reader{of};
    feed(reader, 200, body);
    return !reader.failure().has_value();
  };
  for (const std::string_view body : {"{}", "[]", "17", "null", R"({"id":"c-1"})"})
    BOOST_TEST(confirmed(confirming<silent_reply>, body), body);
  for (const std::string_view body : {"", "<html>", "1 7", "{"})
    BOOST_TEST(!confirmed(confirming<silent_reply>, body), body);
  BOOST_TEST(confirmed(confirming<plain_reply>, R"({"id":"c-1"})"));
  for (const std::string_view body : {"{}", "17", R"({"id":null})", R"({"id":"c-1")"})
    BOOST_TEST(!confirmed(confirming<plain_reply>, body), body);
}

BOOST_AUTO_TEST_CASE(two_headers_that_name_two_customers_are_unreadable) {
  ReplyReader reader{link_facts};
  feed(reader, 201, "", {{"Location", "/customers/c-1"}, {"location", "/customers/c-2"}});
  BOOST_REQUIRE(reader.failure().has_value());
  BOOST_TEST((reader.failure()->code == Errc::unreadable_reply));
  BOOST_TEST((reader.failure()->outcome == Outcome::unknown));
  BOOST_TEST(reader.failure()->reason == "the answer names two customers");
  feed(reader, 201, "", {{"Location", "/customers/c-1"}, {"Location", "/customers/c-1/"}});
  BOOST_TEST(!reader.failure().has_value());
  BOOST_TEST(reader.id() == "c-1");
}

BOOST_AUTO_TEST_CASE(an_existing_id_can_be_a_link) {
  ReplyReader reader{link_facts};
  feed(reader, 409,
       R"({"code":"duplicate","_links":{"about":{"href":"https://api.example/customers/c-9"}}})");
  BOOST_TEST(reader.failure().value().existing_customer_id == "c-9");
}

BOOST_AUTO_TEST_CASE(a_parameter_can_be_a_word_of_the_message) {
  ReplyReader reader{word_facts};
  const auto param = [&](std::string_view message) {
    feed(reader, 400, R"({"message":")" + std::string{message} + "\"}");
    return reader.failure().value().param;
  };
  BOOST_TEST(param("The parameter email is wrong") == "email");
  BOOST_TEST(param("The parameter Address-line_1 is wrong") == "Address-line_1");
  BOOST_TEST(param("The parameter email was wrong") == "");
  BOOST_TEST(param("email is wrong") == "");
  BOOST_TEST(param("") == "");
}

BOOST_AUTO_TEST_CASE(a_parameter_can_be_the_name_of_a_member) {
  ReplyReader reader{name_facts};
  feed(reader, 400, R"({"email":["Enter a valid email address.","again"]})");
  auto error = reader.failure().value();
  BOOST_TEST(error.from_processor);  // there are no codes, so a message has to do
  BOOST_TEST(error.param == "email");
  BOOST_TEST(error.connector_message == "Enter a valid email address.");
  feed(reader, 400, R"({"detail":"Not found.","source":{"pointer":"/name"}})");
  error = reader.failure().value();
  BOOST_TEST(error.connector_message == "Not found.");
  BOOST_TEST(error.param == "name");
}

namespace {

constexpr std::array narrow_rules{
    Rule{.status = 400, .no_param = true, .means = Errc::idempotency_conflict, .at = At::create},
    Rule{.status = 403, .means = Errc::not_found, .at = At::existing},
    Rule{.message_has = "DUPLICATE customer id", .means = Errc::customer_exists},
};

template <At Operation>
constexpr ReplyFacts narrow_facts = [] {
  ReplyFacts made = facts;
  made.rules = narrow_rules;
  made.at = Operation;
  return made;
}();

template <At Operation>
Errc narrowly(int status, std::string_view error) {
  ReplyReader reader{narrow_facts<Operation>};
  feed(reader, status, R"({"error":{"code":"c",)" + std::string{error} + "}}");
  return reader.failure().value().code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_rule_can_want_that_no_parameter_is_named) {
  BOOST_TEST(narrowly<At::create>(400, R"("message":"m")") == Errc::idempotency_conflict);
  BOOST_TEST(narrowly<At::create>(400, R"("param":null)") == Errc::idempotency_conflict);
  BOOST_TEST(narrowly<At::create>(400, R"("param":"email")") == Errc::invalid_data);
  static_assert(contradicts_itself({.param = "email", .no_param = true}));
  static_assert(!contradicts_itself({.param = "email"}) && !contradicts_itself({.no_param = true}));
}

BOOST_AUTO_TEST_CASE(a_rule_can_count_at_some_operations_alone) {
  BOOST_TEST(narrowly<At::update>(400, R"("message":"m")") == Errc::invalid_data);
  BOOST_TEST(narrowly<At::create>(403, R"("message":"m")") == Errc::forbidden);
  BOOST_TEST(narrowly<At::find>(403, R"("message":"m")") == Errc::forbidden);
  BOOST_TEST(narrowly<At::retrieve>(403, R"("message":"m")") == Errc::not_found);
  BOOST_TEST(narrowly<At::update>(403, R"("message":"m")") == Errc::not_found);
  BOOST_TEST(narrowly<At::remove>(403, R"("message":"m")") == Errc::not_found);
}

BOOST_AUTO_TEST_CASE(a_rule_can_know_a_part_of_the_message) {
  BOOST_TEST(narrowly<At::create>(422, R"("message":"Duplicate Customer ID REFID:7")") ==
             Errc::customer_exists);
  BOOST_TEST(narrowly<At::create>(422, R"("message":"A duplicate customer id")") ==
             Errc::customer_exists);
  BOOST_TEST(narrowly<At::create>(422, R"("message":"Duplicate customer i")") ==
             Errc::invalid_data);
  BOOST_TEST(narrowly<At::create>(422, R"("param":"p")") == Errc::invalid_data);
}

namespace {

constexpr std::array text_rules{
    Rule{.status = 403,
         .message_has = "is not authorized to view shopper",
         .means = Errc::not_found},
    Rule{.status = 403,
         .message = "<xml>Client request rate is too high</xml>",
         .means = Errc::rate_limited},
    Rule{.code = "14002", .means = Errc::not_found},
    Rule{.status = 400, .param = "error", .message_has = "odd", .means = Errc::customer_exists},
    Rule{.status = 418, .means = Errc::customer_exists}};
constexpr json::Failure text_failure = [] {
  json::Failure made = failure;
  made.plain_text = true;
  return made;
}();
constexpr ReplyFacts text_facts = [] {
  ReplyFacts made = facts;
  made.failure = text_failure;
  made.rules = text_rules;
  return made;
}();

/// What a body that comes in pieces of `piece` bytes means.
Error text_error(int status, std::string_view body, std::size_t piece = 4096) {
  ReplyReader reader{text_facts};
  reader.status(status);
  for (; !body.empty(); body.remove_prefix(std::min(piece, body.size())))
    reader.body(body.substr(0, piece));
  reader.finish();
  auto found = reader.failure();
  BOOST_REQUIRE(found.has_value());
  return *std::move(found);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_text_of_an_error_that_is_no_json_is_its_message) {
  constexpr std::string_view foreign = "User: X is not authorized to view shopper: 99.";
  for (std::size_t piece = 1; piece <= foreign.size(); ++piece) {
    const Error error = text_error(403, foreign, piece);
    BOOST_TEST(error.code == Errc::not_found);
    BOOST_TEST(error.connector_message == foreign);
    BOOST_TEST(error.from_processor);
  }
  const Error busy = text_error(403, "\n<xml>Client request rate is too high</xml>\r\n");
  BOOST_TEST(busy.code == Errc::rate_limited);
  BOOST_TEST(busy.connector_message == "<xml>Client request rate is too high</xml>");
  BOOST_TEST(busy.from_processor);
  // The status counts as in any other rule.
  BOOST_TEST(text_error(400, foreign).code == Errc::invalid_data);
  BOOST_TEST(!text_error(400, foreign).from_processor);
}

BOOST_AUTO_TEST_CASE(a_plain_text_of_somebody_on_the_way_settles_nothing) {
  for (const int status : {403, 404, 409, 418, 500, 503}) {
    const Error page = text_error(status, "<html><body>Blocked: 14002</body></html>");
    BOOST_TEST(page.code == errc_of_status(status));
    BOOST_TEST(!page.from_processor);
    BOOST_TEST(page.connector_message == "<html><body>Blocked: 14002</body></html>");
    BOOST_TEST(page.connector_code.empty());
  }
  // What broke off may name a code, and is nobody's.
  const Error cut = text_error(404, R"({"error":{"code":"14002","message":"none)");
  BOOST_TEST(cut.code == Errc::not_found);
  BOOST_TEST(!cut.from_processor);
  BOOST_TEST(text_error(400, R"({"error":{"code":"14002"})").code == Errc::invalid_data);
  BOOST_TEST(text_error(400, R"({"error":{"param":"error","message":"odd"}, odd)").code ==
             Errc::invalid_data);
  // A document is read as one.
  const Error json = text_error(400, R"({"error":{"code":"14002","message":"none"}})");
  BOOST_TEST(json.code == Errc::not_found);
  BOOST_TEST(json.connector_message == "none");
  BOOST_TEST(text_error(400, R"({"error":{}})").connector_message.empty());
}

BOOST_AUTO_TEST_CASE(a_plain_text_is_one_line_of_bounded_utf_8) {
  BOOST_TEST(text_error(500, "a\nb\tc\x7f\x01 d").connector_message == "a b c   d");
  BOOST_TEST(text_error(500, std::string_view{"a\0b", 3}).connector_message == "a b");
  BOOST_TEST(text_error(500, "caf\xC3\xA9").connector_message == "caf\xC3\xA9");
  BOOST_TEST(text_error(500, "caf\xE9").connector_message.empty());
  BOOST_TEST(text_error(500, " \n ").connector_message.empty());
  BOOST_TEST(text_error(500, "").connector_message.empty());
  const std::string most(JsonReader::max_capture, 'x');
  BOOST_TEST(text_error(500, most).connector_message == most);
  BOOST_TEST(text_error(500, most + "y", 7).connector_message == most);
  const std::string almost = most.substr(1);
  for (const std::string_view last : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    for (std::size_t there = 1; there <= last.size(); ++there) {
      const std::string before = most.substr(there);
      const std::string whole = there == last.size() ? std::string{last} : std::string{};
      BOOST_TEST(text_error(500, before + std::string{last} + "z").connector_message ==
                 before + whole);
    }
  BOOST_TEST(text_error(500, almost + "\xFF rest").connector_message == almost);
  BOOST_TEST(text_error(500, "\xFF" + most).connector_message.empty());
  BOOST_TEST(text_error(500, std::string(ReplyReader::max_body + 1, 'x')).connector_message ==
             most);
}

BOOST_AUTO_TEST_CASE(only_errors_of_who_says_so_have_plain_texts) {
  BOOST_TEST(error_of(403, "User: X").connector_message.empty());
  const Error success = text_error(200, "User: X is not authorized to view shopper: 99.");
  BOOST_TEST(success.code == Errc::unreadable_reply);
  BOOST_TEST(success.connector_message.empty());
  BOOST_TEST(text_error(302, "moved").connector_message.empty());
  // A reader forgets the text with the answer.
  ReplyReader reader{text_facts};
  feed(reader, 403, "User: X is not authorized to view shopper: 99.");
  BOOST_TEST(reader.failure()->code == Errc::not_found);
  feed(reader, 403, "");
  BOOST_TEST(reader.failure()->code == Errc::forbidden);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace reply_reader_cases
