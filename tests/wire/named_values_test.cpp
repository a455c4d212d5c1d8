// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/ensure.hpp>
#include <florin/policy.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/limit.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compile_fail/parts.hpp"

namespace named_values_cases {

using namespace florin;
using namespace florin::wire;
using std::string;
using std::string_view;

namespace {

/// A list of named values that is replaced as a whole, the reference among them.
template <class Changes, std::size_t Most = 200>
struct ListPolicy : parts::Facts {
  static constexpr json::Record record{.id = "id",
                                       .email = "email",
                                       .metadata_name = "fields.*.name",
                                       .metadata_value = "fields.*.value",
                                       .reference_entry = "merchant_customer_id"};
  using Fields = json::NamedValues<
      "fields", "name", "value",
      json::MaxTotalSize<Most,
                         Entries<"{}", field::Metadata, MaxEntries<4>, Reserved<1>,
                                 MaxKeyLength<30>, KeyOneOf<"tier", "plan", "a\"b", "long">>,
                         Put<"merchant_customer_id", field::MerchantCustomerId>>>;
  using Sent = json::Object<Put<"email", field::Email>, Fields>;
  using NotSent = florin::Fields<field::Name, field::Phone, field::Description, field::Address>;
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = Sent;
    using NotCarried = NotSent;
  };
  struct Retrieve : parts::Got, parts::PlacedById {};
  struct Update : parts::Posted, parts::PlacedById, Changes {
    using Body = Sent;
    using NotCarried = NotSent;
    using Clearable = florin::Fields<field::Email, field::Metadata>;
  };
};

struct Whole {
  static constexpr Replaces replaces{.metadata = true};
};
struct Merged {
  static constexpr auto cleared_by = ClearedBy::empty_text;
};
struct MergedByNull {
  static constexpr auto cleared_by = ClearedBy::null;
};
/// The same with the reference at a place of its own.
struct ApartPolicy : ListPolicy<Merged> {
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "code",
                                       .metadata_name = "fields.*.name",
                                       .metadata_value = "fields.*.value"};
};
static_assert(merges<ApartPolicy>);

static_assert(diagnose<ListPolicy<Whole>>() && diagnose<ListPolicy<Whole>, florin::Update>());
static_assert(ChangeOf<ListPolicy<Whole>>::reference_in_metadata);
static_assert(florin::detail::ensure_facts<ListPolicy<Whole>>.reads_reference);
static_assert(ListPolicy<Whole>::Fields::carried ==
              FieldSet{Field::metadata, Field::merchant_customer_id});
static_assert(ListPolicy<Whole>::Fields::max_entries() == 4 &&
              ListPolicy<Whole>::Fields::reserved_entries() == 1);

/// The body, or why there is none.
template <class P, class Operation, class Request>
string sent(const Request& request) {
  EncodedRequest out;
  const auto encoded = encode<P, Operation>(request, {"key"}, out);
  if (!encoded) return string{encoded.error().reason};
  const string body{out.body()};
  BOOST_TEST(boost::json::parse(body).is_object());
  return body;
}
template <class P>
string created(const Metadata& metadata, string_view email = {}) {
  return sent<P, Create>(
      CreateRequestView{.merchant_customer_id = "m-1", .email = email, .metadata = metadata});
}

/// A customer as the processor shows it.
Customer stored(string_view fields) {
  using Headers = std::vector<HeaderView>;
  const string body = R"({"id":"cus_1","email":"a@b","fields":)" + string{fields} + "}";
  return decode<ListPolicy<Whole>, Retrieve>(ResponseView<Headers>{200, {}, body},
                                             RetrieveRequest{"cus_1"})
      .value();
}
constexpr string_view three =
    R"([{"name":"tier","value":"gold"},{"name":"merchant_customer_id","value":"m-1"},)"
    R"({"name":"plan","value":"b"}])";

template <class P>
string changed(const UpdateRequest& request, string_view fields = three) {
  const Customer current = stored(fields);
  UpdateRequestView view = request;
  view.connector_customer_id = "cus_1";
  view.current = &current;
  return sent<P, Update>(view);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_named_values)

BOOST_AUTO_TEST_CASE(each_value_is_an_object_with_its_name) {
  using P = ListPolicy<Whole>;
  BOOST_TEST(created<P>({}) == R"({"fields":[{"name":"merchant_customer_id","value":"m-1"}]})");
  BOOST_TEST(created<P>({{"tier", "a\n\"b"}, {"a\"b", ""}}, "a@b") ==
             R"({"email":"a@b","fields":[{"name":"tier","value":"a\n\"b"},)"
             R"({"name":"a\"b","value":""},{"name":"merchant_customer_id","value":"m-1"}]})");
  using Other = json::Object<json::NamedValues<"x", "k\xC3\xA9y", "v", Const<"a", "\"1\"">,
                                               Entries<"p_{}_s", field::Metadata>>>;
  const Metadata metadata{{"\\", "2"}};
  const parts::Keyed::Credentials none;
  const CreateRequestView request{.metadata = metadata};
  Buffer out;
  FieldSet written;
  Other::write(Context<CreateRequestView, parts::Keyed::Credentials>{request, none}, out, written);
  BOOST_TEST(out.view() ==
             "{\"x\":[{\"k\xC3\xA9y\":\"a\",\"v\":\"\\\"1\\\"\"},"
             "{\"k\xC3\xA9y\":\"p_\\\\_s\",\"v\":\"2\"}]}");
  BOOST_TEST((written == FieldSet{Field::metadata}));
}

BOOST_AUTO_TEST_CASE(a_list_without_values_is_left_out) {
  using List = json::Object<
      json::NamedValues<"x", "n", "v", Entries<"{}", field::Metadata>, Put<"e", field::Email>>>;
  const parts::Keyed::Credentials none;
  const CreateRequestView request{};
  Buffer out;
  FieldSet written;
  List::write(Context<CreateRequestView, parts::Keyed::Credentials>{request, none}, out, written);
  BOOST_TEST(out.view() == "{}");
  BOOST_TEST(written.empty());
}

BOOST_AUTO_TEST_CASE(limits_hold_within_a_list) {
  using P = ListPolicy<Whole>;
  BOOST_TEST(created<P>({{"tier", "1"}, {"plan", "2"}, {"long", "3"}, {"a\"b", "4"}}) ==
             "has more than 4 entries");
  BOOST_TEST(created<P>({{"rank", "1"}}) == "has a key other than tier, plan, a\"b, long");
  BOOST_TEST(created<P>({{string(31, 'k'), "1"}}) == "has a key longer than 30 characters");
  // The text of the array is counted.
  const Metadata metadata{{"tier", "g\xC3\xB6ld\n"}, {"plan", "b"}};
  const string body = created<ListPolicy<Whole, 109>>(metadata);
  BOOST_TEST(body.size() == string_view{R"({"fields":})"}.size() + 109);
  BOOST_TEST((created<ListPolicy<Whole, 108>>(metadata)) == "has more than 108 bytes as JSON");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_replaced_is_sent_with_what_stays) {
  using P = ListPolicy<Whole>;
  BOOST_TEST(changed<P>({.metadata = {{"plan", "c"}}}) ==
             R"({"fields":[{"name":"tier","value":"gold"},{"name":"plan","value":"c"},)"
             R"({"name":"merchant_customer_id","value":"m-1"}]})");
  BOOST_TEST(changed<P>({.metadata_cleared = {"tier", "plan"}}) ==
             R"({"fields":[{"name":"merchant_customer_id","value":"m-1"}]})");
  BOOST_TEST(changed<P>({.merchant_customer_id = "m-2"}) ==
             R"({"fields":[{"name":"tier","value":"gold"},{"name":"plan","value":"b"},)"
             R"({"name":"merchant_customer_id","value":"m-2"}]})");
  BOOST_TEST(changed<P>({.email = "n@b"}) == R"({"email":"n@b"})");
  // Emptied, where there was no reference either.
  BOOST_TEST(changed<P>({.metadata_cleared = {"tier"}}, R"([{"name":"tier","value":"1"}])") ==
             R"({"fields":[]})");
  BOOST_TEST(changed<P>({.cleared = {Field::metadata}}, "[]") == R"({"fields":[]})");
  // Without the record nothing is sent that would lose the rest.
  const Metadata metadata{{"plan", "c"}};
  const auto alone =
      sent<P, Update>(UpdateRequestView{.connector_customer_id = "cus_1", .metadata = metadata});
  BOOST_TEST(alone.find("this processor replaces what is not sent again") == 0U);
  // What stays counts.
  BOOST_TEST((changed<ListPolicy<Whole, 100>>({.metadata = {{"long", "123"}}})) ==
             "has more than 100 bytes as JSON");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_merged_names_what_is_removed) {
  BOOST_TEST(changed<ListPolicy<Merged>>(
                 {.metadata = {{"plan", "c"}}, .metadata_cleared = {"tier", "a\"b"}}) ==
             R"({"fields":[{"name":"tier","value":""},{"name":"a\"b","value":""},)"
             R"({"name":"plan","value":"c"}]})");
  BOOST_TEST(changed<ListPolicy<MergedByNull>>({.metadata_cleared = {"tier"}}) ==
             R"({"fields":[{"name":"tier","value":null}]})");
  BOOST_TEST(changed<ListPolicy<MergedByNull>>({.cleared = {Field::metadata}}) ==
             R"({"fields":[{"name":"tier","value":null},{"name":"plan","value":null}]})");
  BOOST_TEST(changed<ListPolicy<MergedByNull>>({.cleared = {Field::email}}) == R"({"email":null})");
  // To remove all of them takes their names, wherever the reference is.
  BOOST_TEST(changed<ApartPolicy>({.cleared = {Field::metadata}}) ==
             R"({"fields":[{"name":"tier","value":""},{"name":"plan","value":""}]})");
  const UpdateRequestView all{.connector_customer_id = "cus_1", .cleared = {Field::metadata}};
  BOOST_TEST(
      (sent<ApartPolicy, Update>(all).find("this processor removes metadata by their keys") == 0U));
  // A value of the policy's own that is cleared.
  using List = json::Object<json::NamedValues<"x", "n", "v", Put<"mail", field::Email>>>;
  const parts::Keyed::Credentials none;
  const UpdateRequestView request{.cleared = {Field::email}};
  Buffer out;
  FieldSet written;
  List::write(
      Context<UpdateRequestView, parts::Keyed::Credentials, ChangeOf<ListPolicy<MergedByNull>>>{
          request, none},
      out, written);
  BOOST_TEST(out.view() == R"({"x":[{"n":"mail","v":null}]})");
}

BOOST_AUTO_TEST_CASE(the_reference_is_read_from_the_list) {
  const Customer customer = stored(three);
  BOOST_TEST(customer.merchant_customer_id().value_or("") == "m-1");
  BOOST_TEST(customer.metadata_size() == 2U);
  BOOST_TEST(customer.metadata("tier").value_or("") == "gold");
  BOOST_TEST(!customer.metadata("merchant_customer_id"));
  BOOST_TEST(!stored("[]").merchant_customer_id());
}

BOOST_AUTO_TEST_CASE(a_list_is_described_value_by_value) {
  std::vector<string> names;
  ListPolicy<Whole>::Sent::describe(
      [&]<class Element>(string_view name) { names.emplace_back(name); });
  const std::vector<string> expected{"email", "fields[name={}].value",
                                     "fields[name=merchant_customer_id].value"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace named_values_cases
