// SPDX-License-Identifier: Apache-2.0
#include <florin/secret.hpp>
#include <florin/wire/json_reader.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/reply.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/allocations.hpp"
#include "support/process_memory.hpp"
#include "support/skipped.hpp"

namespace json_reader_cases {

using namespace florin::wire;

namespace {

constexpr json::Failure failure{.code = {"error.code", "errors[0].code", "code"},
                                .type = "error.type",
                                .message = {"error.message", "message"},
                                .param = "errors[1].source.pointer",
                                .request_id = "[0].request",
                                .existing_id = "error.meta.id"};
constexpr json::Reply reply{.id = {"id", "data.customer.id"}};
struct Tree {
  static consteval PathTree make() { return PathTree::make(failure, reply); }
};
constexpr PathTable paths = path_table<Tree>();

constexpr json::Reply named_reply{.id = "customers.*.~"};
struct NamedTree {
  static consteval PathTree make() { return PathTree::make(json::Failure{}, named_reply); }
};
constexpr PathTable named_paths = path_table<NamedTree>();

/// Everything that is kept of a document; throws nothing, says `!` when the document is broken.
std::string kept(JsonReader& reader) {
  if (!reader.complete()) return "!";
  std::string all;
  for (const auto slot : {Slot::id, Slot::code, Slot::type, Slot::message, Slot::param,
                          Slot::request_id, Slot::existing_id}) {
    const auto capture = reader[slot];
    if (capture.present) all += std::string{capture.text} + (capture.cut ? "..." : "");
    all += '|';
  }
  return all;
}

std::string read(std::string_view document) {
  JsonReader reader{paths};
  reader.write(document, true);
  return kept(reader);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_path_table)

BOOST_AUTO_TEST_CASE(follows_members_and_indices) {
  const int error = paths.child(PathTable::root, "error");
  const int errors = paths.child(PathTable::root, "errors");
  BOOST_TEST(error > 0);
  BOOST_TEST(errors > 0);
  BOOST_TEST(paths.place(error) == PathTable::none);
  BOOST_TEST(paths.has_children(error));
  const int code = paths.child(error, "code");
  BOOST_TEST(paths.place(code) ==
             static_cast<int>(static_cast<std::size_t>(Slot::code) * Paths::capacity));
  BOOST_TEST(!paths.has_children(code));
  const int second = paths.child(paths.child(errors, "0"), "code");
  BOOST_TEST(paths.place(second) ==
             static_cast<int>(static_cast<std::size_t>(Slot::code) * Paths::capacity + 1));
  BOOST_TEST(paths.place(paths.child(paths.child(PathTable::root, "0"), "request")) >= 0);
  BOOST_TEST(paths.child(PathTable::root, "nothing") == PathTable::none);
  BOOST_TEST(paths.child(PathTable::none, "error") == PathTable::none);
  BOOST_TEST(paths.place(PathTable::none) == PathTable::none);
  BOOST_TEST(!paths.has_children(PathTable::none));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wire_json_reader)

BOOST_AUTO_TEST_CASE(keeps_the_declared_places_only) {
  BOOST_TEST(read(R"({"id":"cus_1","name":"other","error":{"type":"t","other":"o"}})") ==
             "cus_1||t|||||");
  BOOST_TEST(read(R"({"data":{"customer":{"id":"deep"},"id":"no"}})") == "deep|||||||");
  BOOST_TEST(read(R"({"errors":[{"code":"first"},{"code":"no","source":{"pointer":"p"}}]})") ==
             "|first|||p|||");
  BOOST_TEST(read(R"({"error":{"meta":{"id":"x"}}})") == "||||||x|");
  BOOST_TEST(read(R"([{"request":"r"},{"request":"no"}])") == "|||||r||");
  BOOST_TEST(read(R"({"nested":{"id":"no"},"list":[{"id":"no"}]})") == "|||||||");
  BOOST_TEST(read(R"({"code":[{"no":"no"}],"message":{"no":[{"no":"no"}]}})") == "|||||||");
  BOOST_TEST(read("{}") == "|||||||");
  BOOST_TEST(read(R"("text alone")") == "|||||||");
}

BOOST_AUTO_TEST_CASE(an_id_can_be_the_name_of_a_member) {
  JsonReader reader{named_paths};
  reader.write(R"({"id":"no","customers":{"cus_1":{"email":"a@b"},"cus_2":null}})", true);
  BOOST_TEST(reader.complete());
  BOOST_TEST(reader[Slot::id].text == "cus_1");
}

BOOST_AUTO_TEST_CASE(prefers_the_first_declared_place_in_any_order) {
  BOOST_TEST(read(R"({"code":"3","errors":[{"code":"2"}],"error":{"code":"1"}})") == "|1||||||");
  BOOST_TEST(read(R"({"error":{"code":"1"},"errors":[{"code":"2"}],"code":"3"})") == "|1||||||");
  BOOST_TEST(read(R"({"code":"3","errors":[{"code":"2"}]})") == "|2||||||");
  BOOST_TEST(read(R"({"code":"3","error":{"code":null}})") == "|3||||||");
}

BOOST_AUTO_TEST_CASE(reads_values_of_every_type_as_text) {
  BOOST_TEST(read(R"({"id":12345678901234567890})") == "12345678901234567890|||||||");
  // What is no id is told like one that is too long.
  BOOST_TEST(read(R"({"id":-7})") == "-7...|||||||");
  BOOST_TEST(read(R"({"id":1.50e3})") == "1.50e3...|||||||");
  BOOST_TEST(read(R"({"id":true})") == "true...|||||||");
  BOOST_TEST(read(R"({"id":null})") == "|||||||");
  BOOST_TEST(read(R"({"id":""})") == "|||||||");
  BOOST_TEST(read(R"({"id":{"id":"no"}})") == "|||||||");
  BOOST_TEST(read(R"({"id":["no"]})") == "|||||||");
  BOOST_TEST(read(R"({"id":"a\"\\\/\n\u00e9\ud83d\ude00"})") ==
             "a\"\\/\n\xC3\xA9\xF0\x9F\x98\x80|||||||");
}

BOOST_AUTO_TEST_CASE(an_absent_value_is_not_an_empty_one) {
  JsonReader reader{paths};
  reader.write(R"({"id":"","message":null})", true);
  BOOST_TEST(reader[Slot::id].present);
  BOOST_TEST(!reader[Slot::message].present);
  BOOST_TEST(!reader[Slot::code].present);
}

BOOST_AUTO_TEST_CASE(keys_may_be_escaped_and_long) {
  BOOST_TEST(read(R"({"\u0069\u0064":"x"})") == "x|||||||");
  BOOST_TEST(read("{\"" + std::string(1000, 'i') + "\":\"no\",\"id\":\"x\"}") == "x|||||||");
  BOOST_TEST(read("{\"id" + std::string(1000, ' ') + "\":\"no\"}") == "|||||||");
  BOOST_TEST(read(R"({"id\u0000":"no","Id":"no"," id":"no"})") == "|||||||");
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_members_counts) {
  BOOST_TEST(read(R"({"id":"first","id":"last"})") == "first|||||||");
}

BOOST_AUTO_TEST_CASE(every_chunking_reads_the_same) {
  const std::string document =
      "\xEF\xBB\xBF {\"\\u0069d\" : \"cus_\\u00e9\\ud83d\\ude00\", \"errors\":[{\"code\":-1.5e10},"
      "{\"source\":{\"pointer\":\"/a/b\"}}],\"message\":\"m\\n\",\"x\":[[],{},null,true,false] } ";
  const std::string expected = read(document);
  BOOST_TEST(expected == "cus_\xC3\xA9\xF0\x9F\x98\x80|-1.5e10||m\n|/a/b|||");
  JsonReader reader{paths};
  for (std::size_t first = 0; first <= document.size(); ++first) {
    for (std::size_t second = first; second <= document.size(); ++second) {
      reader.reset();
      reader.write(std::string_view{document}.substr(0, first), false);
      reader.write(std::string_view{document}.substr(first, second - first), false);
      reader.write(std::string_view{document}.substr(second), true);
      if (kept(reader) != expected)
        BOOST_ERROR("split at " << first << " and " << second << ": " << kept(reader));
    }
  }
  reader.reset();
  for (const char& c : document) reader.write({&c, 1}, false);
  reader.write({}, true);
  BOOST_TEST(kept(reader) == expected);
}

BOOST_AUTO_TEST_CASE(a_mark_is_text_behind_the_start) {
  constexpr std::string_view document = "{\"id\":\"c\xEF\xBB\xBFz\"}";
  const std::string whole = read(document);
  BOOST_TEST(whole == "c\xEF\xBB\xBFz|||||||");
  for (std::size_t first = 0; first <= document.size(); ++first) {
    JsonReader reader{paths};
    reader.write(document.substr(0, first), false);
    reader.write(document.substr(first), true);
    BOOST_TEST(kept(reader) == whole, first);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_a_value_that_a_document_breaks_off_in) {
  for (const std::string_view document :
       {"{\"code\":\"whole\",\"id\":\"half\x01 way\"}", "{\"code\":\"whole\",\"id\":\"half"}) {
    for (std::size_t split = 0; split <= document.size(); ++split) {
      JsonReader reader{paths};
      reader.write(document.substr(0, split), false);
      reader.write(document.substr(split), true);
      BOOST_TEST(!reader.complete());
      BOOST_TEST(reader[Slot::code].text == "whole");
      BOOST_TEST(!reader[Slot::id].present, document << " in two at " << split);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_truncation_is_incomplete) {
  const std::string document = "\xEF\xBB\xBF{\"id\":\"cus_1\",\"x\":[1,{\"y\":null}]}";
  for (std::size_t size = 0; size < document.size(); ++size)
    BOOST_TEST(read(std::string_view{document}.substr(0, size)) == "!", "cut to " << size);
  BOOST_TEST(read(document) == "cus_1|||||||");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_incomplete) {
  for (const std::string_view document : {"",
                                          " ",
                                          "<html>",
                                          "{",
                                          "}",
                                          "{]",
                                          "{\"id\":\"x\"}}",
                                          "{\"id\":\"x\"}{}",
                                          "{\"id\":\"x\"},",
                                          "{'id':'x'}",
                                          "{\"id\":\"x\",}",
                                          "{\"id\":\"\n\"}",
                                          "{\"id\":\"\xFF\"}",
                                          "{\"id\":01}",
                                          "{\"id\":NaN}",
                                          "nul",
                                          "{\"id\" \"x\"}",
                                          "/* comment */ {}",
                                          "\xEF\xBB\xBF",
                                          "\xEF\xBB{}",
                                          "\xEF\xBB\xBF\xEF\xBB\xBF{}",
                                          "{}\xEF\xBB\xBF",
                                          "{\"id\":\"\\ud800\"}"})
    BOOST_TEST(read(document) == "!", "accepted " << document);
}

BOOST_AUTO_TEST_CASE(what_follows_an_error_is_ignored) {
  const std::vector<std::vector<std::string_view>> broken{
      {"{]", "{}"}, {"\xEF", "{}", "{}"}, {"\xEF", "{", "\xBB\xBF{}"}, {"{}x", "", "{}"}};
  for (const auto& pieces : broken) {
    JsonReader reader{paths};
    for (const auto piece : pieces) reader.write(piece, false);
    reader.write({}, true);
    BOOST_TEST(!reader.complete(), pieces.front());
  }
}

BOOST_AUTO_TEST_CASE(depth_is_limited) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  BOOST_TEST(read(nested(JsonReader::max_depth)) != "!");
  BOOST_TEST(read(nested(JsonReader::max_depth + 1)) == "!");
  BOOST_TEST(read(nested(100000)) == "!");
  std::string objects = "1";
  for (std::size_t i = 0; i <= JsonReader::max_depth; ++i) objects = "{\"error\":" + objects + "}";
  BOOST_TEST(read(objects) == "!");
}

BOOST_AUTO_TEST_CASE(long_values_are_cut_and_marked) {
  const auto with_message = [](std::size_t size) {
    return "{\"message\":\"" + std::string(size, 'm') + "\",\"id\":\"x\"}";
  };
  BOOST_TEST(read(with_message(JsonReader::max_capture)) ==
             "x|||" + std::string(JsonReader::max_capture, 'm') + "||||");
  for (const std::size_t size : {JsonReader::max_capture + 1, std::size_t{500000}})
    BOOST_TEST(read(with_message(size)) ==
               "x|||" + std::string(JsonReader::max_capture, 'm') + "...||||");
}

BOOST_AUTO_TEST_CASE(repeated_long_values_stay_within_bounds) {
  std::string document = "{";
  for (int i = 0; i < 100; ++i) document += "\"message\":\"" + std::string(900, 'm') + "\",";
  document += "\"id\":\"x\"}";
  JsonReader reader{paths};
  reader.write(document, true);
  BOOST_TEST(reader.complete());
  BOOST_TEST(reader[Slot::message].text.size() == 900U);
  BOOST_TEST(reader[Slot::id].text == "x");
}

BOOST_AUTO_TEST_CASE(can_be_used_again) {
  JsonReader reader{paths};
  reader.write("{\"id\":\"first\",\"message\":\"m\"", false);
  reader.reset();
  reader.write("{\"id\":\"second\"}", true);
  BOOST_TEST(kept(reader) == "second|||||||");
  reader.reset();
  reader.write("broken", true);
  BOOST_TEST(kept(reader) == "!");
  reader.reset();
  BOOST_TEST(!reader.complete());
  reader.write("[]", true);
  BOOST_TEST(kept(reader) == "|||||||");
}

BOOST_AUTO_TEST_CASE(allocates_nothing_once_it_is_warm) {
  const std::string document =
      R"({"id":"cus_1","a":{"b":{"c":{"d":[[[[{"e":1}]]]]}}},"error":{"code":"c","message":")" +
      std::string(5000, 'm') + R"("}})";
  JsonReader reader{paths};
  const auto read_in_two_pieces = [&] {
    for (std::size_t split = 0; split < document.size(); split += 7) {
      reader.reset();
      reader.write(std::string_view{document}.substr(0, split), false);
      reader.write(std::string_view{document}.substr(split), true);
    }
  };
  read_in_two_pieces();
  const florin_test::AllocationCount count;
  read_in_two_pieces();
  BOOST_TEST(count.value() == 0U);
  BOOST_TEST(reader.complete());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_in_freed_memory) {
  constexpr std::string_view token = "a token that nothing else has";
  const florin_test::FreedMemoryWatch watch{token};
  {
    const auto reader = std::make_unique<JsonReader>(paths);
    reader->write(R"({"id":"a token that nothing else has"})", true);
    BOOST_TEST(((*reader)[Slot::id].text == token));
  }
  // As a name that comes in pieces, whole and cut off.
  for (const std::string_view rest :
       {"token that nothing else has\":1}", "token that nothing else has"}) {
    const auto reader = std::make_unique<JsonReader>(paths);
    reader->write(R"({"a )", false);
    reader->write(rest, rest.ends_with('}'));
  }
  BOOST_TEST(!watch.seen());
}

BOOST_AUTO_TEST_CASE(leaves_nothing_of_an_escaped_text_on_the_stack,
                     *florin_test::skipped_if(!FLORIN_TEST_SEARCHES_MEMORY,
                                              florin_test::searches)) {
  const florin_test::VeiledText text{200, [](std::size_t i) {
                                       static volatile unsigned seed = 54'321;
                                       return static_cast<char>('a' + (seed + i * 7'919U) % 26U);
                                     }};
  constexpr std::string_view head = R"({"note":"\n)";
  constexpr std::string_view tail = R"(end","id":"cus_1"})";
  std::vector<char> document(head.size() + text.size() + tail.size());
  JsonReader reader{paths};
  // Whole, and cut where a part of the value is told.
  for (const std::size_t cut : {document.size(), head.size() + text.size()}) {
    const auto behind = document.begin() + static_cast<std::ptrdiff_t>(head.size() + text.size());
    std::copy(head.begin(), head.end(), document.begin());
    text.reveal(document.data() + head.size());
    std::copy(tail.begin(), tail.end(), behind);
    BOOST_TEST(text.copies_in_memory() == 1U);
    reader.reset();
    reader.write({document.data(), cut}, false);
    florin::wipe(document.data(), cut);
    BOOST_TEST(text.copies_in_memory() == 0U, "cut at " << cut);
    reader.write({document.data() + cut, document.size() - cut}, true);
    BOOST_TEST(kept(reader) == "cus_1|||||||");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace json_reader_cases
