// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/stripe.hpp>
#include <florin/testing/conformance.hpp>
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(conformance)
namespace {

using namespace florin;
using namespace florin::wire;
using testing::check_conformance;
using testing::ConformanceReport;
using testing::Processor;
using testing::Verdict;
using Names = std::vector<std::string>;

/// The names of the failed checks.
Names failed(const ConformanceReport& report) {
  Names names;
  for (const auto& check : report.checks)
    if (check.verdict == Verdict::failed) names.push_back(check.name);
  BOOST_TEST_MESSAGE(report);
  return names;
}

Verdict verdict(const ConformanceReport& report, std::string_view name) {
  const auto* check = report.find(name);
  BOOST_TEST_REQUIRE(check != nullptr);
  return check->verdict;
}

std::string saying(const ConformanceReport& report, std::string_view name) {
  const auto* check = report.find(name);
  BOOST_TEST_REQUIRE(check != nullptr);
  return check->detail;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

using Metadata = Entries<"metadata[{}]", field::Metadata, MaxEntries<50>, Reserved<1>,
                         MaxKeyLength<40>, MaxValueLength<500>, KeyExcludes<"[]">, NonEmptyValues>;
using Email = Put<"email", field::Email, MaxLength<512>, EmailForm>;
using Name = Put<"name", field::Name, MaxLength<256>>;
using Reference = Put<"metadata[merchant_customer_id]", field::MerchantCustomerId, MaxLength<500>>;
template <class... Tags>
using NoAddressAnd = Fields<field::AddressLine1, field::AddressLine2, field::AddressCity,
                            field::AddressState, field::AddressZip, field::AddressCountry, Tags...>;

/// Stripe without addresses: what the broken policies below are made of.
template <class BodyType, class NotCarriedType = NoAddressAnd<field::Phone, field::Description>>
struct Operation {
  static constexpr auto method = Method::post;
  static constexpr std::string_view path = "/v1/customers";
  using Body = BodyType;
  using NotCarried = NotCarriedType;
  static constexpr json::Reply reply{.id = "id", .id_prefix = "cus_"};
};

struct Partial : StripePolicy {
  struct Create : Operation<Form<Email, Name, Metadata, Reference>> {};
};

struct AnsweredByRefusal : Partial {
  using Idempotency = IdempotencyHeader<"Idempotency-Key", 255, AnsweredByConflict>;
};

struct WrongIdPath : StripePolicy {
  struct Create : Operation<Form<Email, Name, Metadata, Reference>> {
    static constexpr json::Reply reply{.id = "object"};
  };
};

struct WrongWireName : StripePolicy {
  struct Create : Operation<Form<Email, Put<"full_name", field::Name>, Metadata, Reference>> {};
};

struct WrongLimit : StripePolicy {
  struct Create
      : Operation<Form<Email, Put<"name", field::Name, MaxLength<300>>, Metadata, Reference>> {};
};

/// Says that it carries the description and does not write it.
struct ForgottenField : StripePolicy {
  struct ForgetfulBody : Form<Email, Name, Metadata, Reference> {
    static constexpr FieldSet carried =
        Form<Email, Name, Metadata, Reference>::carried | field::Description::carried;
  };
  struct Create : Operation<ForgetfulBody, NoAddressAnd<field::Phone>> {};
};

struct SharedName : StripePolicy {
  struct Create
      : Operation<
            Form<Email, Name, Put<"name", field::Description, MaxLength<256>>, Metadata, Reference>,
            NoAddressAnd<field::Phone>> {};
};

struct UnlimitedKeys : StripePolicy {
  struct Create
      : Operation<Form<Email, Name,
                       Entries<"metadata[{}]", field::Metadata, MaxEntries<50>, Reserved<1>,
                               MaxKeyLength<40>, MaxValueLength<500>, NonEmptyValues>,
                       Reference>> {};
};

struct MisspeltKeyHeader : StripePolicy {
  using Idempotency = IdempotencyHeader<"Idempotent-Key", 255>;
  using Create = Partial::Create;
};

struct NoKey : StripePolicy {
  using Idempotency = NoIdempotency;
  using Create = Partial::Create;
};

struct NoRules : StripePolicy {
  static constexpr std::array<Rule, 0> rules{};
  using Create = Partial::Create;
};

struct Pair : Partial {
  struct Credentials {
    std::string user{};
    Secret password{};
    std::optional<std::string> account{};
  };
  using CredentialNames = CredentialList<Credential<"user", &Credentials::user>,
                                         OptionalCredential<"account", &Credentials::account>,
                                         Credential<"password", &Credentials::password>>;
};

struct WrongCodePath : Partial {
  static constexpr json::Failure failure{.code = "error.cod",
                                         .type = "error.type",
                                         .message = "error.message",
                                         .param = "error.param"};
};

struct CodeForMessage : Partial {
  static constexpr json::Failure failure{
      .code = "error.code", .type = "error.type", .message = "error.code", .param = "error.param"};
};

/// The text of another member that is always there.
struct TypeForMessage : Partial {
  static constexpr json::Failure failure{
      .code = "error.code", .type = "error.type", .message = "error.type", .param = "error.param"};
};

struct WrongTypePath : Partial {
  static constexpr json::Failure failure{.code = "error.code",
                                         .type = "error.kind",
                                         .message = "error.message",
                                         .param = "error.param"};
  static constexpr std::array rules{
      Rule{.status = 409, .means = Errc::idempotency_conflict, .retry = Retry::yes},
      Rule{.status = 400,
           .message = "Keys for idempotent requests can only be used with the same parameters they "
                      "were first used with.",
           .means = Errc::idempotency_conflict}};
};

struct NoParamPath : Partial {
  static constexpr json::Failure failure{
      .code = "error.code", .type = "error.type", .message = "error.message"};
};

/// As if `response_headers` were misspelt.
struct NoResponseHeaders : Partial {
  static constexpr ResponseHeaders response_headers{};
};

/// A fault between the library and the network, which no declaration could cause.
struct Tampered {
  std::string_view fails;
  std::function<void(testing::detail::Subject&)> tamper;
};

using testing::detail::ConformanceCall;
using testing::detail::Subject;

/// Lets `change` see the error of each call.
std::function<void(Subject&)> errors_changed(std::function<void(Error&)> change) {
  return [change = std::move(change)](Subject& subject) {
    subject.create = [create = subject.create, change](const CreateRequest& request,
                                                       const ConformanceCall& call) {
      auto answer = create(request, call);
      if (answer) return answer;
      Error error = answer.error();
      change(error);
      return Result<CreateResponse>{std::move(error)};
    };
  };
}

/// Lets `change` see what each call does differently.
std::function<void(Subject&)> calls_changed(std::function<void(ConformanceCall&)> change) {
  return [change = std::move(change)](Subject& subject) {
    subject.create = [create = subject.create, change](const CreateRequest& request,
                                                       ConformanceCall call) {
      change(call);
      return create(request, call);
    };
  };
}

/// Encodes nothing, successfully, where `ignored` says so.
std::function<void(Subject&)> refusals_ignored(
    std::function<bool(const CreateRequest&, const ConformanceCall&)> ignored) {
  return [ignored = std::move(ignored)](Subject& subject) {
    subject.encode = [encode = subject.encode, ignored](const CreateRequest& request,
                                                        const ConformanceCall& call,
                                                        EncodedRequest& out) {
      if (ignored(request, call)) return Result<void>{};
      return encode(request, call, out);
    };
  };
}

ConformanceReport check_tampered(const std::function<void(Subject&)>& tamper,
                                 const Processor& processor = testing::stripe()) {
  testing::Sandbox sandbox{processor};
  Subject subject =
      testing::detail::make_subject<Partial>(sandbox, {.api_key = sandbox.credential()});
  tamper(subject);
  const testing::ConformanceSettings settings;
  return testing::detail::run_conformance(subject, processor, settings, sandbox);
}

}  // namespace

BOOST_AUTO_TEST_CASE(stripe_keeps_every_promise) {
  const auto report = check_conformance<StripePolicy>(testing::stripe());
  BOOST_TEST(failed(report) == Names{}, boost::test_tools::per_element());
  BOOST_TEST(report.ok());
  BOOST_TEST(report.connector == "stripe");
  BOOST_TEST(report.count(Verdict::passed) == 32U);
  BOOST_TEST((verdict(report, "not_carried_fields") == Verdict::skipped));
  BOOST_TEST((verdict(report, "duplicate_customer") == Verdict::skipped));
  for (const auto& check : report.checks) BOOST_TEST(!check.detail.empty(), check.name);
}

BOOST_AUTO_TEST_CASE(policy_without_some_fields_keeps_every_promise) {
  const auto report = check_conformance<Partial>(testing::stripe());
  BOOST_TEST(failed(report) == Names{}, boost::test_tools::per_element());
  BOOST_TEST((verdict(report, "not_carried_fields") == Verdict::passed));
}

BOOST_AUTO_TEST_CASE(processor_that_refuses_repetitions) {
  Processor processor = testing::stripe();
  processor.idempotency.repeat = testing::Idempotency::Repeat::refuse;
  auto report = check_conformance<AnsweredByRefusal>(processor);
  BOOST_TEST(failed(report) == Names{}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "repetition"), "comes to refused"));

  report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"repetition"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "repetition"), "the policy says replayed"));
}

BOOST_AUTO_TEST_CASE(processor_without_idempotency) {
  Processor processor = testing::stripe();
  processor.idempotency = {};
  auto report = check_conformance<NoKey>(processor);
  BOOST_TEST(failed(report) == Names{}, boost::test_tools::per_element());
  BOOST_TEST((verdict(report, "repeated_request") == Verdict::skipped));
  BOOST_TEST((verdict(report, "lost_answers") == Verdict::passed));

  report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"repeated_request"}, boost::test_tools::per_element());
  BOOST_TEST((verdict(report, "lost_answers") == Verdict::skipped));
}

BOOST_AUTO_TEST_CASE(wrong_id_path) {
  const auto report = check_conformance<WrongIdPath>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"minimal_request"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "minimal_request"), "connector_customer_id"));
  BOOST_TEST((verdict(report, "full_request") == Verdict::skipped));
  BOOST_TEST(contains(saying(report, "full_request"), "minimal_request"));
  BOOST_TEST(!report.ok());
}

BOOST_AUTO_TEST_CASE(wrong_wire_name) {
  const auto report = check_conformance<WrongWireName>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"carried_fields"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "carried_fields"), "parameter full_name"));
}

BOOST_AUTO_TEST_CASE(wrong_limit) {
  const auto report = check_conformance<WrongLimit>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"length_limits"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "length_limits"), "name with 300 characters gives"));
  BOOST_TEST(contains(saying(report, "length_limits"), "name with 257 characters is not refused"));
}

BOOST_AUTO_TEST_CASE(limit_that_is_too_tight) {
  Processor processor = testing::stripe();
  for (auto& field : processor.actions.front().fields)
    if (field.name == "name") field.max_length = 400;
  const auto report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"length_limits"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "length_limits"), "the policy allows 256 characters"));
}

BOOST_AUTO_TEST_CASE(limit_of_all_metadata) {
  Processor processor = testing::stripe();
  processor.actions.front().maps.front() = {.prefix = "metadata", .max_total = 255};
  const auto at_most = [&processor](std::size_t most) {
    const auto report = check_tampered(
        [most](Subject& subject) {
          subject.max_length[static_cast<std::size_t>(Field::merchant_customer_id)] = unlimited;
          subject.encode = [encode = subject.encode, most](const CreateRequest& request,
                                                           const ConformanceCall& call,
                                                           EncodedRequest& out) -> Result<void> {
            if (request.metadata.size() <= most) return encode(request, call, out);
            return Error{.code = Errc::invalid_field, .field = Field::metadata};
          };
        },
        processor);
    return failed(report);
  };
  BOOST_TEST(at_most(8) == Names{}, boost::test_tools::per_element());
  BOOST_TEST(at_most(12) == Names{"length_limits"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(forgotten_field) {
  const auto report = check_conformance<ForgottenField>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"carried_fields"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "carried_fields"), "description does not arrive"));
}

BOOST_AUTO_TEST_CASE(two_fields_of_one_name) {
  const auto report = check_conformance<SharedName>(testing::stripe());
  BOOST_TEST(contains(saying(report, "full_request"), "all fields is refused"));
  BOOST_TEST((verdict(report, "carried_fields") == Verdict::passed));
}

BOOST_AUTO_TEST_CASE(unlimited_keys) {
  const auto report = check_conformance<UnlimitedKeys>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"hostile_text"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "hostile_text"), "metadata with a key with brackets"));
}

BOOST_AUTO_TEST_CASE(misspelt_key_header) {
  const auto report = check_conformance<MisspeltKeyHeader>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"repeated_request"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "repeated_request"), "does not travel as Idempotency-Key"));
}

BOOST_AUTO_TEST_CASE(key_that_is_not_used) {
  const auto report = check_conformance<NoKey>(testing::stripe());
  BOOST_TEST(failed(report) == Names{"repeated_request"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(missing_rules) {
  const auto report = check_conformance<NoRules>(testing::stripe());
  BOOST_TEST(failed(report) == (Names{"refusals", "changed_request"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(parts_of_errors) {
  const auto wrong = [](void (*read_answers)(Subject&), std::string_view sentence) {
    const auto report = check_tampered(read_answers);
    BOOST_TEST(failed(report) == Names{"error_parts"}, boost::test_tools::per_element());
    BOOST_TEST(contains(saying(report, "error_parts"), sentence));
  };
  wrong(testing::detail::read_answers_of<WrongCodePath>,
        "connector_code is sent and does not arrive");
  wrong(testing::detail::read_answers_of<CodeForMessage>,
        "connector_message is something else of the answer");
  wrong(testing::detail::read_answers_of<TypeForMessage>,
        "connector_message is never what is sent");
  wrong(testing::detail::read_answers_of<WrongTypePath>,
        "connector_type is in no refusal where the policy says");
  wrong(testing::detail::read_answers_of<NoParamPath>, "param is sent and does not arrive in");
  wrong(testing::detail::read_answers_of<NoResponseHeaders>,
        "add response_headers.request_id or failure.request_id");
}

BOOST_AUTO_TEST_CASE(media_type_that_is_not_asked_for) {
  Processor processor = testing::stripe();
  processor.actions.front().answer.content_type = "application/hal+json";
  const auto report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"accept"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "accept"),
                      "answers with application/hal+json, the policy asks for application/json"));
}

BOOST_AUTO_TEST_CASE(required_by_the_processor_only) {
  Processor processor = testing::stripe();
  for (auto& field : processor.actions.front().fields)
    if (field.name == "email") field.required = true;
  auto report = check_conformance<Partial>(processor);
  BOOST_TEST(contains(saying(report, "minimal_request"), "parameter email"));

  testing::ConformanceOptions<Partial> options;
  options.always = {Field::email};
  report = check_conformance<Partial>(processor, options);
  BOOST_TEST(failed(report) == Names{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reference_that_does_not_reach_its_place) {
  Processor processor = testing::stripe();
  processor.merchant_customer_id = "description";
  const auto report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"merchant_customer_id"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(duplicates) {
  Processor processor = testing::stripe();
  processor.uniques = {{.fields = {"email"}}};
  const auto report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"duplicate_customer"}, boost::test_tools::per_element());
  BOOST_TEST(contains(saying(report, "duplicate_customer"), "add a Rule"));
}

BOOST_AUTO_TEST_CASE(other_path) {
  Processor processor = testing::stripe();
  processor.actions.front().path = "/v2/customers";
  const auto report = check_conformance<Partial>(processor);
  BOOST_TEST(failed(report) == Names{"served"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_check_can_fail) {
  const std::vector<Tampered> all{
      {"facts", [](Subject& subject) { subject.connector = "Stripe"; }},
      {"required_fields", refusals_ignored([](const CreateRequest& request, const auto&) {
         return request.merchant_customer_id.empty();
       })},
      {"absent_fields", [](Subject& subject) { subject.content_type = "application/json"; }},
      {"not_carried_fields",
       [](Subject& subject) {
         subject.encode = [encode = subject.encode](CreateRequest request, const auto& call,
                                                    EncodedRequest& out) {
           if (!request.phone.empty()) request.name = "Ada";
           return encode(request, call, out);
         };
       }},
      {"malformed_text", refusals_ignored([](const CreateRequest& request, const auto&) {
         return contains(request.name, "\xFF");
       })},
      {"credentials", refusals_ignored([](const auto&, const ConformanceCall& call) {
         return call.credentials == Names{""};
       })},
      {"wrong_credentials", calls_changed([](ConformanceCall& call) { call.credentials.clear(); })},
      {"invalid_data", errors_changed([](Error& error) {
         if (error.code == Errc::invalid_data) error.attempts = 2;
       })},
      {"rate_limited", errors_changed([](Error& error) { error.retry_after.reset(); })},
      {"unreadable_reply", errors_changed([](Error& error) {
         if (error.code == Errc::unreadable_reply) error.outcome = Outcome::no_effect;
       })},
      {"damaged_reply",
       [](Subject& subject) {
         subject.decode = [decode = subject.decode](const CreateRequest& request,
                                                    const auto& reply) {
           auto answer = decode(request, reply);
           if (!answer && reply.status == 200)
             answer = CreateResponse{.connector_customer_id = "x"};
           return answer;
         };
       }},
      {"lost_answers", calls_changed([](ConformanceCall& call) { call.retries = 0; })},
      {"secrets", errors_changed([](Error& error) { error.reason = "sk_test_EXAMPLE"; })},
  };
  for (const Tampered& each : all) BOOST_TEST_CONTEXT(each.fails)
  BOOST_TEST(failed(check_tampered(each.tamper)) == Names{std::string{each.fails}},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(credentials_in_parts) {
  const auto parts = testing::detail::credentials_from_text<Pair>("me:a:b");
  BOOST_TEST(parts.user == "me");
  BOOST_TEST(parts.password.reveal() == "a:b");
  BOOST_TEST(!parts.account.has_value());
}

BOOST_AUTO_TEST_CASE(report_streams) {
  ConformanceReport report{.connector = "acme",
                           .checks = {{"first", Verdict::passed, "good"},
                                      {"second", Verdict::skipped, "nothing to check"}}};
  std::ostringstream out;
  out << report;
  BOOST_TEST(out.str() ==
             "passed first: good\nskipped second: nothing to check\n"
             "acme: 1 passed, 0 failed, 1 skipped\n");
  BOOST_TEST(report.ok());
  report.checks.push_back({"third", Verdict::failed, "bad"});
  BOOST_TEST(!report.ok());
  BOOST_TEST(!ConformanceReport{}.ok());
  BOOST_TEST(report.find("fourth") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
