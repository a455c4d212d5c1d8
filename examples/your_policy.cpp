// SPDX-License-Identifier: Apache-2.0
//
// How to add a processor. AcmePay is invented; its API is a JSON one with most of what real ones
// have: nested objects, split names, a metadata object, idempotency keys, and duplicates that are
// recognised by email. A processor takes two declarations:
//
//   1. the policy: what its API wants and answers, from which florin makes the requests;
//   2. the description: the same API seen from the server's side, from which the sandbox plays the
//      processor. Write it from the documents, not from the policy: the two check each other.
//
// `check_conformance` tries the one against the other. This program prints what it found and
// returns 1 when something fails. Nothing leaves this machine.

#include <florin/florin.hpp>
#include <florin/testing/conformance.hpp>
#include <florin/testing/processor.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <iostream>
#include <string>
#include <string_view>

namespace acme {

using namespace florin;
using namespace florin::wire;

/// AcmePay customers. Say here which version of which document this was written from.
struct AcmePayPolicy {
  // Lower case. Environment variables and error texts begin with it: ACMEPAY_API_KEY.
  static constexpr std::string_view name = "acmepay";
  static constexpr Hosts hosts{.live = "api.acmepay.example", .sandbox = "sandbox.acmepay.example"};

  // `Secret` for everything that must never be seen; `std::optional` for what may be left out.
  struct Credentials {
    Secret api_key{};
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>>;
  using RequestHeaders =
      Headers<BearerAuth<&Credentials::api_key>, Header<"Acme-Version", Literal<"2025-01">>>;

  // `NoIdempotency` where the processor has no such thing: then nothing is retried once a byte of
  // the request was sent.
  using Idempotency =
      IdempotencyHeader<"Acme-Request-Key", 64, ReplayedBy<"Acme-Replayed", "true">>;

  // Where the parts of an error answer stand. Every path may have alternatives, the best first.
  static constexpr json::Failure failure{.code = "errors[0].code",
                                         .message = "errors[0].detail",
                                         .param = "errors[0].field",
                                         .existing_id = "errors[0].meta.customer_id"};
  static constexpr ResponseHeaders response_headers{.request_id = "Acme-Trace"};

  // What the HTTP status alone does not tell. The first rule that fits decides.
  static constexpr std::array rules{
      Rule{.code = "email_taken", .means = Errc::customer_exists},
      Rule{.code = "request_key_reused", .means = Errc::idempotency_conflict},
      Rule{.code = "request_key_busy", .means = Errc::idempotency_conflict, .retry = Retry::yes},
  };

  // How a customer is read back. Written beside the body below, not derived from it.
  static constexpr json::Record record{.id = "customer.id",
                                       .merchant_customer_id = "customer.reference",
                                       .email = "customer.contact.email",
                                       .given_name = "customer.person.first_name",
                                       .family_name = "customer.person.last_name",
                                       .phone = "customer.contact.mobile",
                                       .metadata = "customer.metadata",
                                       .address_line1 = "customer.address.street",
                                       .address_city = "customer.address.city",
                                       .address_state = "customer.address.region",
                                       .address_zip = "customer.address.postcode",
                                       .address_country = "customer.address.country"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v2/customers";
    // Members go out in this order. An absent value leaves its member out, and an object without
    // members is left out as well.
    using Body = json::Object<
        Const<"type", "person">, Put<"reference", field::MerchantCustomerId, MaxLength<64>>,
        json::Nested<"person", Put<"first_name", GivenName, MaxLength<40>>,
                     Put<"last_name", FamilyName, MaxLength<40>>>,
        json::Nested<"contact", Put<"email", field::Email, Required, MaxLength<254>, EmailForm>,
                     Put<"mobile", field::Phone, MaxLength<32>>>,
        json::Nested<
            "address",
            Put<"street", Joined<field::AddressLine1, field::AddressLine2>, MaxLength<100>>,
            Put<"city", field::AddressCity, MaxLength<60>>,
            Put<"region", field::AddressState, MaxLength<60>>,
            Put<"postcode", field::AddressZip, MaxLength<12>>,
            Put<"country", field::AddressCountry>>,
        json::Nested<"metadata", Entries<"{}", field::Metadata, MaxEntries<10>, MaxKeyLength<20>,
                                         MaxValueLength<100>, NonEmptyValues>>>;
    // Every unified field stands either in Body or here; a request that gives one of these is sent
    // without it and the answer's `dropped` says so.
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{.id = "customer.id", .id_prefix = "acme_"};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v2/customers/{id}";
  };
};

// Without this line the compiler would tell at the first use, in a sentence, what is missing.
static_assert(diagnose<AcmePayPolicy>() && diagnose<AcmePayPolicy, florin::Retrieve>());
static_assert(carries<AcmePayPolicy, field::Phone> && !carries<AcmePayPolicy, field::Description>);

/// AcmePay's side. JSON parameters are named by their path; `{{...}}` are placeholders, see
/// florin/testing/processor.hpp.
testing::Processor acmepay() {
  using namespace florin::testing;
  const std::string problem = R"({"errors":[{"code":"{{code}}","detail":"{{message}}",)"
                              R"("field":"{{param}}"}]})";
  const std::string taken = R"({"errors":[{"code":"{{code}}","detail":"{{message}}",)"
                            R"("meta":{"customer_id":"{{existing_id}}"}}]})";
  const auto refusal = [&problem](int status, const char* code, const char* message) {
    return Answer{.status = status, .body = problem, .code = code, .message = message};
  };
  return {
      .name = "acmepay",
      .credentials = {{.text = "acme_test_key_0123456789"}},
      .authentication = {.schemes = {Scheme::bearer}},
      .headers = {{.name = "Acme-Version",
                   .required = true,
                   .one_of = {"2025-01"},
                   .refusal = refusal(400, "version", "Unknown version.")}},
      .actions =
          {{.operation = Operation::create,
            .method = "POST",
            .path = "/v2/customers",
            .body = Body::json,
            .content_types = {"application/json"},
            .fields = {{.name = "type", .required = true, .one_of = {"person", "company"}},
                       {.name = "reference", .max_length = 64},
                       {.name = "person.first_name", .max_length = 40},
                       {.name = "person.last_name", .max_length = 40},
                       {.name = "contact.email",
                        .max_length = 254,
                        .required = true,
                        .format = Format::email},
                       {.name = "contact.mobile", .max_length = 32},
                       {.name = "address.street", .max_length = 100},
                       {.name = "address.city", .max_length = 60},
                       {.name = "address.region", .max_length = 60},
                       {.name = "address.postcode", .max_length = 12},
                       {.name = "address.country", .format = Format::country_alpha2}},
            .maps = {{.prefix = "metadata", .max_entries = 10, .max_key = 20, .max_value = 100}},
            .answer = {.status = 201, .body = R"({"customer":"{{customer}}"})"}},
           {.operation = Operation::retrieve,
            .method = "GET",
            .path = "/v2/customers/{id}",
            .answer = {.body = R"({"customer":"{{customer}}"})"}}},
      .idempotency = {.carrier = Idempotency::Carrier::header,
                      .name = "Acme-Request-Key",
                      .max_length = 64,
                      .replay_headers = {{"Acme-Replayed", "true"}}},
      .uniques = {{.fields = {"contact.email"}, .ignore_case = true}},
      .merchant_customer_id = "reference",
      .id = "acme_%%%%%%%%%%%%",
      .request_id = "trace-########",
      .customer = R"({"id":"{{id}}","state":"enabled","reference":"{{field reference}}",)"
                  R"("person":{"first_name":"{{field person.first_name}}",)"
                  R"("last_name":"{{field person.last_name}}"},)"
                  R"("contact":{"email":"{{field contact.email}}",)"
                  R"("mobile":"{{field contact.mobile}}"},)"
                  R"("address":{"street":"{{field address.street}}",)"
                  R"("city":"{{field address.city}}","region":"{{field address.region}}",)"
                  R"("postcode":"{{field address.postcode}}",)"
                  R"("country":"{{field address.country}}"},"metadata":"{{map metadata}}"})",
      .refusals = {{Case::invalid_value, refusal(422, "invalid", "{{param}} is not valid.")},
                   {Case::missing_field, refusal(422, "required", "{{param}} is required.")},
                   {Case::malformed_body, refusal(400, "not_json", "The body is not JSON.")},
                   {Case::unauthorized, refusal(401, "bad_key", "The key is not known.")},
                   {Case::not_found, refusal(404, "not_found", "There is no such thing.")},
                   {Case::duplicate_customer,
                    {.status = 409,
                     .body = taken,
                     .code = "email_taken",
                     .message = "A customer with this email exists."}},
                   {Case::idempotency_mismatch,
                    refusal(409, "request_key_reused", "The key came with other data.")},
                   {Case::idempotency_in_use,
                    refusal(409, "request_key_busy", "The first request still runs.")},
                   {Case::rate_limited, refusal(429, "slow_down", "Too many requests.")},
                   {Case::server_error, refusal(500, "internal", "Something broke.")}},
      .answer_headers = {{"Acme-Trace", "{{request_id}}"}},
  };
}

}  // namespace acme

int main() {
  // The bytes, without any network.
  florin::EncodedRequest encoded;
  const florin::CreateRequest request{.merchant_customer_id = "cust_user_12345",
                                      .email = "john.doe@example.com",
                                      .name = "John Doe",
                                      .metadata = {{"tier", "gold"}}};
  if (const auto made = florin::encode<acme::AcmePayPolicy>(
          request, {.api_key = "acme_test_key_0123456789"}, encoded);
      !made) {
    std::cerr << made.error() << '\n';
    return 1;
  }
  std::cout << encoded.body() << "\n\n";

  // All that florin promises of a policy, tried.
  const auto report = florin::testing::check_conformance<acme::AcmePayPolicy>(acme::acmepay());
  std::cout << report;
  return report.ok() ? 0 : 1;
}
