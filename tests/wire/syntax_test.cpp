// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/json_reader.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/reply.hpp>
#include <florin/wire/utf8.hpp>
#include <florin/wire/utf8_check.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/allocations.hpp"

namespace syntax_cases {

using namespace florin::wire;

namespace {

constexpr json::Failure failure{.code = "response_code",
                                .type = {"response", "answer.type"},
                                .message = {"responsetext", "answer.error"},
                                .param = "answer.list.item.@id",
                                .request_id = "answer.@request",
                                .existing_id = "answer.list.item"};
constexpr json::Reply reply{.id = {"customer_vault_id", "answer.customer.id"}, .verdict = "answer"};
struct Tree {
  static consteval PathTree make() { return PathTree::make(failure, reply); }
};
constexpr PathTable paths = path_table<Tree>();

/// What is kept at each place that has something; `!` when the text is broken.
std::string kept(const JsonReader& reader) {
  if (!reader.complete()) return "!";
  std::string all;
  for (const auto slot : {Slot::id, Slot::verdict, Slot::code, Slot::type, Slot::message,
                          Slot::param, Slot::request_id, Slot::existing_id}) {
    const auto capture = reader[slot];
    if (capture.present) all += std::string{capture.text} + (capture.cut ? "..." : "");
    all += '|';
  }
  return all;
}

/// The same of a text that is read whole, in every two pieces, and byte by byte.
template <Syntax S>
std::string read(std::string_view text) {
  JsonReader whole{paths, S};
  whole.write(text, true);
  const std::string expected = kept(whole);
  JsonReader reader{paths, S};
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    reader.reset();
    reader.write(std::string{text.substr(0, cut)}, false);
    reader.write(std::string{text.substr(cut)}, true);
    if (kept(reader) != expected) return "differs at " + std::to_string(cut) + ": " + kept(reader);
  }
  reader.reset();
  for (const char c : text) reader.write({&c, 1}, false);
  reader.write({}, true);
  return kept(reader) == expected ? expected : "differs byte by byte: " + kept(reader);
}
std::string form(std::string_view text) {
  return read<Syntax::form>(text);
}
std::string xml(std::string_view text) {
  return read<Syntax::xml>(text);
}

/// Every record that is kept of a text.
std::string records(std::string_view text, const PathTable& table) {
  RecordLog log;
  JsonReader reader{paths, Syntax::xml};
  reader.keep(table, &log);
  reader.write(text, true);
  if (!reader.complete()) return "!";
  std::string all;
  for (std::size_t i = 0; i < log.count(); ++i) {
    const RecordView record = log.record(i);
    for (const auto& entry : record.entries) {
      all += entry.part == static_cast<std::uint8_t>(RecordPart::id)
                 ? std::string{"id:"}
                 : std::to_string(entry.part) + ':';
      all += record.text.substr(entry.name_from - record.from, entry.from - entry.name_from);
      all += '=';
      all += record.text_of(entry);
      all += ' ';
    }
    all += '/';
  }
  return all;
}

struct PageTree {
  static consteval PathTree make() {
    constexpr json::Record record{
        .id = "id", .email = "email", .metadata_name = "field.@id", .metadata_value = "field"};
    constexpr json::Page page{.items = "answer.list", .shown_by = "answer"};
    return PathTree::make(json::Failure{}, reply, record, page);
  }
};
constexpr PathTable page_paths = path_table<PageTree>();

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_form_answer)

BOOST_AUTO_TEST_CASE(names_have_values) {
  BOOST_TEST(form("response=1&responsetext=Customer Added&response_code=100&customer_vault_id=9") ==
             "9||100|1|Customer Added||||");
  BOOST_TEST(form("customer_vault_id=9&other=x&response=3") == "9|||3|||||");
  BOOST_TEST(form("response=") ==
             "|||"
             "|||||");
  BOOST_TEST(form("x=1") == "||||||||");
  BOOST_TEST(form("responsetext=a=b==") == "||||a=b==||||");
}

BOOST_AUTO_TEST_CASE(a_blank_is_written_in_three_ways) {
  BOOST_TEST(form("responsetext=a b+c%20d&response=1") == "|||1|a b c d||||");
  BOOST_TEST(form("responsetext=%41%2b%26%3D%25&response=1") == "|||1|A+&=%||||");
  BOOST_TEST(form("response%5Fcode=1&%72esponse=2") == "||1|2|||||");
}

BOOST_AUTO_TEST_CASE(the_first_of_a_repeated_name_counts) {
  BOOST_TEST(form("response=3&response=1") == "|||3|||||");
  BOOST_TEST(form("response=&response=1") == "||||||||");
}

BOOST_AUTO_TEST_CASE(pairs_may_be_empty_and_a_line_may_end) {
  BOOST_TEST(form("response=1&") == "|||1|||||");
  BOOST_TEST(form("&&response=1&&response_code=2") == "||2|1|||||");
  BOOST_TEST(form("response=1\r\n") == "|||1|||||");
  BOOST_TEST(form("response=1&\n\n") == "|||1|||||");
  BOOST_TEST(form("\xEF\xBB\xBFresponse=1") == "|||1|||||");
}

BOOST_AUTO_TEST_CASE(what_is_no_form_is_broken) {
  for (const std::string_view text : {"",
                                      "&",
                                      "\n",
                                      "response",
                                      "response&a=1",
                                      "=1",
                                      "a=1&=2",
                                      "<html>",
                                      "<a href=\"x\">",
                                      R"({"response":"1"})",
                                      "a b=1",
                                      "a+b=1",
                                      "a%20b=1",
                                      "a=%",
                                      "a=%4",
                                      "a=%4x",
                                      "a=%x4",
                                      "a=%&b=1",
                                      "a%=1",
                                      "a%4=1",
                                      "a=1\nb=2",
                                      "a=1\n&b=2",
                                      "a\n=1",
                                      "\na=1",
                                      "a=\t",
                                      "a=\x01",
                                      "a=\x7f",
                                      "a=\xFF",
                                      "a=\xC3",
                                      "a=\xC3&b=1",
                                      "a=\xE2\x82",
                                      "a=%C3",
                                      "a=%C3x",
                                      "a=%ED%A0%80",
                                      "a=\xC0\xAF",
                                      "\xC3\xA9=1"})
    BOOST_TEST(form(text) == "!", text);
}

BOOST_AUTO_TEST_CASE(values_are_utf_8) {
  BOOST_TEST(form("responsetext=caf\xC3\xA9 %E2%82%AC \xF0\x9F\x98\x80") ==
             "||||caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80||||");
}

BOOST_AUTO_TEST_CASE(long_values_are_cut_and_long_names_passed_over) {
  const std::string most(JsonReader::max_capture, 'x');
  BOOST_TEST(form("responsetext=" + most) == "||||" + most + "||||");
  BOOST_TEST(form("responsetext=" + most + "y&response=1") == "|||1|" + most + "...||||");
  JsonReader reader{paths, Syntax::form};
  reader.write(std::string(5000, 'n') + "=1&response=2", true);
  BOOST_TEST(kept(reader) == "|||2|||||");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wire_xml_answer)

BOOST_AUTO_TEST_CASE(elements_are_members) {
  BOOST_TEST(xml("<answer><customer><id>c1</id></customer><error>e</error></answer>") ==
             "c1|||"
             "|e||||");
  BOOST_TEST(xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<answer>\n  <error>a b</error>\n"
                 "</answer>\n<!-- end -->\n") == "||||a b||||");
  BOOST_TEST(xml("<answer/>") == "||||||||");
  BOOST_TEST(xml("<answer></answer>") == "||||||||");
  BOOST_TEST(xml("<answer><error/><type></type></answer>") == "||||||||");
  BOOST_TEST(xml("<other><error>e</error></other>") == "||||||||");
  BOOST_TEST(xml("<answer><a09-._:AZz>x</a09-._:AZz><error>e</error></answer>") == "||||e||||");
  BOOST_TEST(xml("\xEF\xBB\xBF<answer><error>e</error></answer>") == "||||e||||");
}

BOOST_AUTO_TEST_CASE(an_empty_element_is_there) {
  JsonReader reader{paths, Syntax::xml};
  for (const std::string_view text : {"<answer/>", "<answer></answer>", "<answer> </answer>",
                                      "<answer><x/></answer>", "<answer a='1'/>"}) {
    reader.reset();
    reader.write(text, true);
    BOOST_TEST(reader.complete());
    BOOST_TEST(reader[Slot::verdict].present, text);
  }
  reader.reset();
  reader.write("<other/>", true);
  BOOST_TEST(!reader[Slot::verdict].present);
}

BOOST_AUTO_TEST_CASE(the_first_of_repeated_elements_counts) {
  BOOST_TEST(xml("<answer><error>1</error><error>2</error></answer>") == "||||1||||");
}

BOOST_AUTO_TEST_CASE(attributes_are_members_too) {
  BOOST_TEST(xml("<answer request='r&amp;1' other=\"o\"><list><item id=\"7\">t</item></list>"
                 "</answer>") ==
             "|||"
             "||7|r&1|t|");
  BOOST_TEST(xml("<answer\n request = \"r>'\"\t>\n<error  a='1' >e</error ></answer>") ==
             "||||e||r>'||");
  BOOST_TEST(xml("<answer><list><item id='7'/></list></answer>") ==
             "|||||7||"
             "|");
}

BOOST_AUTO_TEST_CASE(texts_have_references_and_literal_parts) {
  BOOST_TEST(xml("<answer><error>&lt;&gt;&amp;&quot;&apos;</error></answer>") == "||||<>&\"'||||");
  BOOST_TEST(xml("<answer><error>&#65;&#x42;&#xe9;&#x20AC;&#x1F600;&#10;</error></answer>") ==
             "||||AB\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n||||");
  BOOST_TEST(xml("<answer><error>a<![CDATA[<b> & ]] ]>c]]]></error></answer>") ==
             "||||a<b> & ]] ]>c]||||");
  BOOST_TEST(xml("<answer><error><![CDATA[]]></error></answer>") == "||||||||");
  BOOST_TEST(xml("<answer><error>a<!-- x - y -->b<?p i?>c</error></answer>") == "||||abc||||");
  BOOST_TEST(xml("<answer><error>\n a b \n</error></answer>") == "||||a b \n||||");
  BOOST_TEST(xml("<answer><error>&#32;a</error></answer>") == "|||| a||||");
}

BOOST_AUTO_TEST_CASE(what_is_no_xml_of_data_is_broken) {
  for (const std::string_view text : {"",
                                      " ",
                                      "<?xml version='1.0'?>",
                                      "text",
                                      "{}",
                                      "<",
                                      "<a",
                                      "<a>",
                                      "<a></b>",
                                      "<a></aa>",
                                      "<aa></a>",
                                      "<a></a",
                                      "</a>",
                                      "<a></a></a>",
                                      "<a/><b/>",
                                      "<a/>text",
                                      "text<a/>",
                                      "<a/><a>",
                                      "<a><b></a></b>",
                                      "<a>t<b/></a>",
                                      "<a><b/>t</a>",
                                      "< a/>",
                                      "<1/>",
                                      "<a b/>",
                                      "<a b=/>",
                                      "<a b=1/>",
                                      "<a b='1/>",
                                      "<a b='<'/>",
                                      "<a b='1'c='2'/>",
                                      "<a b='1' 'c'/>",
                                      "<a / >",
                                      "<a></ a>",
                                      "<a>&nbsp;</a>",
                                      "<a>&</a>",
                                      "<a>&amp</a>",
                                      "<a>&;</a>",
                                      "<a>&#;</a>",
                                      "<a>&#x;</a>",
                                      "<a>&#0;</a>",
                                      "<a>&#8;</a>",
                                      "<a>&#xD800;</a>",
                                      "<a>&#xFFFF;</a>",
                                      "<a>&#x110000;</a>",
                                      "<a>&#99999999;</a>",
                                      "<a>&#12a;</a>",
                                      "<a>&toolonganame;</a>",
                                      "<a b='&nbsp;'/>",
                                      "<!DOCTYPE a><a/>",
                                      "<!doctype html><html/>",
                                      "<a><!ENTITY b 'c'></a>",
                                      "<a><!-- -- --></a>",
                                      "<a><!--></a>",
                                      "<a><!-x></a>",
                                      "<a><![CDATA[x]]</a>",
                                      "<a><![cdata[x]]></a>",
                                      "<![CDATA[x]]>",
                                      "<a><b><![CDATA[x]]></b>t</a>",
                                      "<a>\x01</a>",
                                      "<a>\xFF</a>",
                                      "<a>\xC3</a>",
                                      "<a>\xED\xA0\x80</a>",
                                      "<a>&#65;<b/></a>",
                                      "<a><b/>&#65;</a>",
                                      "&#65;<a/>",
                                      "<a/>&#65;"})
    BOOST_TEST(xml(text) == "!", text);
  BOOST_TEST(xml(std::string_view{"<a>\0</a>", 8}) == "!");
}

BOOST_AUTO_TEST_CASE(depth_and_names_are_bounded) {
  const auto nested = [](std::size_t depth, const std::string& name) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<" + name + ">";
    for (std::size_t i = 0; i < depth; ++i) text += "</" + name + ">";
    return text;
  };
  BOOST_TEST(xml(nested(30, "a")) == "||||||||");
  BOOST_TEST(xml(nested(31, "a")) == "!");
  // The name of the end has to fit beside it.
  BOOST_TEST(xml(nested(1, std::string(128, 'n'))) == "||||||||");
  BOOST_TEST(xml(nested(1, std::string(129, 'n'))) == "!");
  std::string deep;
  for (int i = 0; i < 30; ++i) deep += "<a x='1'>";
  deep += "t";
  for (int i = 0; i < 30; ++i) deep += "</a>";
  BOOST_TEST(xml(deep) == "||||||||");
  const std::string most(JsonReader::max_capture, 'x');
  JsonReader reader{paths, Syntax::xml};
  reader.write("<answer><error>" + most + "y</error></answer>", true);
  BOOST_TEST(kept(reader) == "||||" + most + "...||||");
}

BOOST_AUTO_TEST_CASE(repeated_elements_are_records) {
  BOOST_TEST(records("<answer><list><item id='1'><id>c1</id><email>a@b</email><field id='3'>x"
                     "</field></item>\n<item><email/><id>c2</id></item></list></answer>",
                     page_paths) == "id:=c1 1:=a@b 7:3=x /1:= id:=c2 /");
  BOOST_TEST(records("<answer><list/></answer>", page_paths) == "");
  BOOST_TEST(records("<answer></answer>", page_paths) == "");
  BOOST_TEST(records("<answer><list><item></list></answer>", page_paths) == "!");
}

BOOST_AUTO_TEST_CASE(nothing_is_allocated) {
  const std::string text =
      "<?xml version='1.0'?><answer><customer a='1'><id>c1</id></customer><error>&amp;</error>"
      "</answer>";
  const std::string pairs = "response=1&responsetext=Customer%20Added&customer_vault_id=9";
  JsonReader reader{paths, Syntax::xml};
  JsonReader other{paths, Syntax::form};
  const florin_test::AllocationCount allocations;
  for (int i = 0; i < 3; ++i) {
    reader.reset();
    reader.write(text, true);
    other.reset();
    other.write(pairs, true);
  }
  BOOST_TEST(allocations.value() == 0U);
  BOOST_TEST(reader.complete());
  BOOST_TEST(other.complete());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wire_utf8_check)

BOOST_AUTO_TEST_CASE(agrees_with_what_reads_whole_texts) {
  const auto checked = [](std::string_view text) {
    florin::wire::detail::Utf8Check check;
    for (const char c : text)
      if (!check.accept(c)) return false;
    return check.whole();
  };
  unsigned seen = 0;
  std::string text(4, 'x');
  for (unsigned first = 0x80; first < 0x100; ++first)
    for (unsigned second = 1; second < 0x100; second += second < 0x7e ? 25 : 1)
      for (const unsigned third : {0x41U, 0x7FU, 0x80U, 0xBFU, 0xC0U})
        for (const unsigned fourth : {0x41U, 0x80U, 0xBFU}) {
          text[0] = static_cast<char>(first);
          text[1] = static_cast<char>(second);
          text[2] = static_cast<char>(third);
          text[3] = static_cast<char>(fourth);
          for (std::size_t size = 1; size <= 4; ++size) {
            const std::string_view part = std::string_view{text}.substr(0, size);
            if (checked(part) != is_text(part)) BOOST_FAIL("differs at " << first << ' ' << second);
            seen += checked(part) ? 1 : 0;
          }
        }
  BOOST_TEST(seen > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace syntax_cases
