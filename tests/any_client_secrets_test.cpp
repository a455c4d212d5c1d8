// SPDX-License-Identifier: Apache-2.0
// Lives of customers under faults at every processor, with values planted in every credential,
// token and personal field that stand nowhere else. Every text that the library produces meanwhile
// is kept and searched for each of them, however it is written.
//
// The texts: all members of an Error, its what(), its streamed form and those of its enumerators;
// Exception::what(); what the observer is told; masked requests; what the process writes to its
// standard error. The example wire prints members of Error and nothing else of the library's own.
// What is documented to hold personal data is searched for secrets alone: connector_message and
// param of an Error, and masked requests. Records and responses are what was asked for.
#include <florin/any_client.hpp>
#include <florin/policies.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "client_faults.hpp"
#include "client_fixture.hpp"
#include "fault_mix.hpp"
#include "parts/any_client.hpp"
#include "parts/planted_subjects.hpp"
#include "planted_subject.hpp"
#include "testing/all_processors.hpp"

BOOST_AUTO_TEST_SUITE(any_client_secrets)
namespace {

using florin::AnyClient;
using florin::Error;
using florin::Secret;
using florin::testing::Fault;
using florin::testing::Sandbox;
using florin_test::make_any_client;
using florin_test::Planted;
using florin_test::planted_subject;
using florin_test::public_start;
using florin_test::unusual;
using Subject = florin_test::PlantedSubject;
using namespace std::chrono_literals;
using std::string;
using std::string_view;

/// So many lives at each processor, unless `tests/run --customers` wants more.
constexpr std::size_t lives = 8;

/// A text that the library has made.
struct Heard {
  string source;
  string text;
  bool may_be_personal = false;
};

string percent(string_view text, string_view hex) {
  string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded.append(1, '%').append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
  }
  return encoded;
}
string in_hex(string_view text, string_view hex, string_view before) {
  string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded.append(before).append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
  }
  return encoded;
}
/// What of the base64 form of a text is there wherever it stands.
/// \param before how many bytes stand before it, modulo 3.
string base64(string_view text, std::size_t before, string_view last) {
  string alphabet{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"};
  alphabet.append(last);
  const string bytes = string(before, '\0').append(text);
  string encoded;
  for (std::size_t bit = 0; bit + 6 <= bytes.size() * 8; bit += 6) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 6; ++i)
      value = value << 1U | (static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8) & 1U);
    if (bit >= before * 8) encoded += alphabet[value];
  }
  return encoded;
}
/// Only what a form has to escape is.
string escaped_where_needed(string_view text, string_view hex) {
  string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (plain) {
      encoded += c;
    } else {
      encoded += percent({&c, 1}, hex);
    }
  }
  return encoded;
}

/// All ways in which the first bytes of a value may be written: who finds no beginning finds no
/// whole.
std::vector<string> forms_of(string_view value) {
  constexpr std::size_t telling = 8;
  constexpr string_view upper = "0123456789ABCDEF";
  constexpr string_view lower = "0123456789abcdef";
  const string_view first = value.substr(value.starts_with(public_start) ? telling : 0, telling);
  std::vector<string> forms{string{first}};
  for (const string_view hex : {upper, lower})
    for (string form :
         {percent(first, hex), escaped_where_needed(first, hex), in_hex(first, hex, ""),
          in_hex(first, hex, "\\u00"), in_hex(first, hex, "\\x")})
      forms.push_back(std::move(form));
  for (std::size_t before = 0; before < 3; ++before) {
    forms.push_back(base64(first, before, "+/"));
    forms.push_back(base64(first, before, "-_"));
  }
  // Headers' names are compared without regard to case.
  string small{first};
  string capitals{first};
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  forms.push_back(small);
  forms.push_back(capitals);
  return forms;
}

class Texts {
 public:
  void hear(string source, string_view text, bool may_be_personal = false) {
    if (text.empty()) return;
    const std::lock_guard lock{mutex_};
    heard_.push_back({std::move(source), string{text}, may_be_personal});
  }
  /// All that an error says.
  void hear(const string& source, const Error& error) {
    hear(source + " what", error.what());
    std::ostringstream out;
    out << error << ' ' << error.code << ' ' << error.outcome;
    if (error.field) out << ' ' << to_string(*error.field);
    if (error.phase) out << ' ' << to_string(*error.phase);
    for (const florin::Field field : error.dropped) out << ' ' << to_string(field);
    hear(source + " streamed", out.str());
    hear(source + " reason", error.reason);
    hear(source + " connector", error.connector);
    hear(source + " cause", error.cause.message() + ' ' + error.cause.what());
    hear(source + " code", error.connector_code);
    hear(source + " type", error.connector_type);
    hear(source + " message", error.connector_message, true);
    hear(source + " param", error.param, true);
    hear(source + " existing id", error.existing_customer_id.view());
    hear(source + " request id", error.request_id.view());
    hear(source + " key", error.idempotency_key.view());
  }
  template <class T>
  void hear(const string& source, const florin::Result<T>& answer) {
    if (answer) return;
    const Error error = answer.error();
    hear(source, error);
    try {
      static_cast<void>(answer.value());
    } catch (const std::exception& exception) {
      hear(source + " exception", exception.what());
    }
  }

  /// \return how many texts there are.
  std::size_t search(const std::vector<Planted>& planted, string_view connector) const {
    for (const Planted& value : planted) {
      const auto forms = forms_of(value.value);
      for (const Heard& heard : heard_) {
        if (heard.may_be_personal && !value.secret) continue;
        for (const string& form : forms)
          if (heard.text.find(form) != string::npos)
            BOOST_ERROR(connector << ": " << value.name << " stands in " << heard.source << ": "
                                  << heard.text);
      }
    }
    return heard_.size();
  }

 private:
  std::mutex mutex_;
  std::vector<Heard> heard_;
};

/// Hears all events.
struct Listener {
  Texts* texts;
  void on_phase(const florin::PhaseEvent& event) const {
    texts->hear("an event", string{event.connector}
                                .append(1, ' ')
                                .append(event.operation)
                                .append(1, ' ')
                                .append(to_string(event.phase)));
  }
  void on_call(const florin::CallEvent& event) const {
    string text{event.connector};
    text.append(1, ' ').append(event.operation).append(1, ' ').append(to_string(event.outcome));
    if (event.error) text.append(1, ' ').append(to_string(*event.error));
    texts->hear("an event", text);
  }
};
static_assert(florin::CallObserver<Listener>);

/// While it lives, what the process writes to its standard error goes into a file.
class StandardError {
 public:
  StandardError() : file_(std::tmpfile()), kept_(::dup(2)) {
    BOOST_TEST_REQUIRE(file_ != nullptr);
    static_cast<void>(::dup2(::fileno(file_), 2));
  }
  StandardError(const StandardError&) = delete;
  StandardError& operator=(const StandardError&) = delete;
  ~StandardError() {
    static_cast<void>(::dup2(kept_, 2));
    ::close(kept_);
    std::fclose(file_);
  }
  [[nodiscard]] string written() const {
    string text;
    std::rewind(file_);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) text += static_cast<char>(c);
    return text;
  }

 private:
  std::FILE* file_;
  int kept_;
};

/// The personal data of `Subject::customer`, which are the same for all numbers but for the email's
/// end.
std::vector<Planted> personal() {
  auto request = Subject{}.customer(0);
  std::vector<Planted> all;
  florin::detail::each_text(request, [&all](florin::Field field, string& text) {
    // Two letters stand anywhere.
    if (text.size() < 6 || field == florin::Field::name) return;
    all.push_back({string{to_string(field)}, text});
  });
  all.push_back({"the given name", unusual("giv", 4)});
  all.push_back({"the family name", unusual("fam", 5)});
  all.push_back({"the phone's digits", request.phone.substr(1)});
  for (const auto& entry : request.metadata) {
    all.push_back({"a metadata key", entry.first});
    all.push_back({"a metadata value", entry.second});
  }
  return all;
}

/// An answer that quotes what was sent.
struct Quotation {
  Fault fault;
  bool of_exchange = false;  ///< sent to get a token
  bool of_call = false;      ///< sent in the call itself
};

/// Whole values, written in the ways of answers.
std::vector<Quotation> quotations(const Subject& subject) {
  std::vector<Quotation> all;
  const string basic = [&] {
    const auto at = subject.open.find("Authorization: Basic");
    return at == string::npos ? string{}
                              : subject.open.substr(at, subject.open.find('\r', at) - at);
  }();
  const auto quote = [&](const string& words, bool of_exchange, bool of_call) {
    string body =
        R"({"error":{"code":"@","type":"@","message":"m @","param":"@",)"
        R"("errors":[{"reason":"@","field":"@"}],"fieldErrors":[{"field":"@"}]},)"
        R"("code":"@","message":"m @","source":"@","trace_id":"@","type":"@",)"
        R"("messages":{"resultCode":"Error","message":[{"code":"@","text":"m @"}]},)"
        R"("status":{"error_code":"@","message":"m @","operation_id":"@"},)"
        R"("errors":[{"message":"m @","extensions":{"legacyCode":"@","errorClass":"@"}}],)"
        R"("_embedded":{"errors":[{"code":"@","message":"m @","path":"@","field":"@"}]},)"
        R"("email":["m @"]})";
    for (auto at = body.find('@'); at != string::npos; at = body.find('@', at + words.size()))
      body.replace(at, 1, words);
    for (const int status : {400, 409, 503})
      all.push_back({{.kind = Fault::Kind::garbage,
                      .status = status,
                      .headers = {{"Request-Id", words},
                                  {"X-Request-Id", words},
                                  {"x-request-id", words},
                                  {"Location", "https://example.com/customers/" + words}},
                      .body = body},
                     of_exchange,
                     of_call});
  };
  for (const Planted& planted : subject.planted) {
    if (!planted.secret) continue;
    const bool of_exchange = subject.exchanges_token &&
                             planted.name != florin_test::planted_access_token &&
                             planted.name != florin_test::planted_payment_token;
    for (const string& words :
         {planted.value, percent(planted.value, "0123456789ABCDEF"),
          in_hex(planted.value, "0123456789abcdef", "\\u00"), "Bearer " + planted.value})
      quote(words, of_exchange, true);
  }
  if (!basic.empty()) quote(basic, subject.exchanges_token, !subject.exchanges_token);
  return all;
}

/// What every call is given.
florin::AnyCallOptions options_for(const Subject& subject,
                                   std::optional<std::chrono::milliseconds> deadline = {}) {
  return {.payment_token = subject.payment_token, .deadline = deadline};
}

/// One life after another, blocking and not.
void live(const Subject& subject, AnyClient& client, Texts& texts, std::size_t count,
          Sandbox& sandbox) {
  for (std::size_t number = 0; number < count; ++number) {
    if (number % 5 == 4) sandbox.expire_tokens();
    const auto request = subject.customer(number);
    const auto made = number % 2 == 0
                          ? client.create(request, options_for(subject))
                          : florin_test::take(client.async_create(request, options_for(subject),
                                                                  boost::asio::use_future));
    texts.hear("a create", made);
    const string id = made ? made->connector_customer_id.str() : "cus_1";
    texts.hear("a retrieve", client.retrieve(id));
    texts.hear("an ensure", client.ensure(request, options_for(subject, 200ms)));
    florin::UpdateRequest changes{.connector_customer_id = id, .email = request.email};
    texts.hear("an update", client.update(changes));
    for (auto& page : {client.find(florin::by_email(request.email)).next(),
                       client.perform<florin::FindByReference>(
                           {.merchant_customer_id = request.merchant_customer_id})})
      texts.hear("a find", page);
    texts.hear("a delete", client.remove(id));
  }
}

/// What is refused before anything is sent, and what fails on the way.
void fail_locally(const Subject& subject, const florin::ClientOptions& options, Texts& texts,
                  AnyClient& client) {
  for (const string_view bad : {"\r\nX: y", "\xff", "/../", "?x"}) {
    auto request = subject.customer(1);
    florin::detail::each_text(request, [&](florin::Field field, string& text) {
      const string usual = std::exchange(text, text + string{bad});
      texts.hear("a bad " + string{to_string(field)}, client.validate(request));
      texts.hear("a bad " + string{to_string(field)},
                 client.ensure(request, options_for(subject, 50ms)));
      text = usual;
    });
    request.metadata.set(unusual("key", 7) + string{bad}, unusual("meta", 8) + string{bad});
    texts.hear("bad metadata", client.validate(request));
    const string secret = subject.planted.front().value + string{bad};
    texts.hear("a bad id", client.retrieve(secret));
    texts.hear("a bad filter", client.find(florin::by_email(secret + '\0')).next());
    texts.hear("a bad key",
               client.create(subject.customer(2), {.idempotency_key = secret + '\n',
                                                   .payment_token = subject.payment_token}));
    texts.hear("a bad base_url", client.set_base_url("https://" + secret + "@example.com"));
    for (const auto& [name, value] : subject.credentials) {
      auto credentials = subject.credentials;
      credentials[name] = Secret{string{value.reveal()} + string{bad}};
      texts.hear("bad credentials", client.set_credentials(credentials));
      texts.hear("bad credentials",
                 client.create(subject.customer(3), options_for(subject, 100ms)));
      credentials.erase(name);
      credentials[secret] = Secret{secret};
      texts.hear("unknown credentials", client.set_credentials(credentials));
      texts.hear("unknown credentials", make_any_client(subject.connector, credentials, options));
    }
  }
  texts.hear("no such connector",
             make_any_client(subject.planted.front().value, subject.credentials, options));
  const auto once = [&](const string& what, florin::ClientOptions other) {
    other.retry.retries = 0;
    auto made = make_any_client(subject.connector, subject.credentials, other);
    BOOST_TEST_REQUIRE(made.has_value());
    texts.hear(what, made->ready());
    texts.hear(what, made->create(subject.customer(4), options_for(subject)));
  };
  auto other = options;
  other.tls.ca_pem.clear();
  once("an unknown authority", other);
  other = options;
  other.base_url = "https://127.0.0.1:1";
  once("nobody there", other);
  other = options;
  other.proxy = florin::net::Proxy{"127.0.0.1", 1, subject.planted.front().value,
                                   Secret{unusual(public_start, 20)}};
  once("no proxy", other);
  other.proxy->user += "\r\nX: y";
  once("a bad proxy user", other);
}

/// Lives, failures and quotations at one processor, and the search.
void search_at(Subject subject) {
  const auto count = florin_test::wanted_customers(lives);
  Texts texts;
  {
    const StandardError output;
    Sandbox sandbox{subject.processor};
    auto options = florin_test::fault_options(sandbox, 300ms);
    auto client = make_any_client(subject.connector, subject.credentials, options);
    BOOST_TEST_REQUIRE(client.has_value());
    const auto first = client->create(subject.customer(1'000'000), options_for(subject));
    BOOST_TEST_REQUIRE(first.has_value(), (first ? string{} : first.error().what()));
    std::size_t number = 2'000'000;
    auto once = options_for(subject);
    once.retries = 0;
    const auto quoted = [&](const Fault& fault, AnyClient& to) {
      sandbox.fault(fault);
      texts.hear("a quotation", to.create(subject.customer(++number), once));
      sandbox.clear_faults();
    };
    for (const Quotation& quotation : quotations(subject)) {
      if (quotation.of_call) quoted(quotation.fault, *client);
      if (!quotation.of_exchange) continue;
      auto fresh = make_any_client(subject.connector, subject.credentials, options);
      BOOST_TEST_REQUIRE(fresh.has_value());
      quoted(quotation.fault, *fresh);
    }
    sandbox.random_faults(florin_test::fault_mix(false), florin_test::fault_seed);
    live(subject, *client, texts, count, sandbox);
    sandbox.clear_faults();
    fail_locally(subject, options, texts, *client);
    texts.hear("the standard error", output.written());
  }
  for (const string& masked : subject.masked) texts.hear("a masked request", masked, true);
  for (Planted& planted : personal()) subject.planted.push_back(std::move(planted));
  const std::size_t searched = texts.search(subject.planted, subject.connector);
  BOOST_TEST_MESSAGE(subject.connector << ": " << subject.planted.size() << " planted values, "
                                       << searched << " texts");
  BOOST_TEST(searched > 100u);
}

}  // namespace

BOOST_AUTO_TEST_CASE(are_found_however_they_are_written) {
  const string value = "vB4nM8kL2jH6gF1d";
  for (const string& form : forms_of(value)) BOOST_TEST(form.size() >= 8U, form);
  // What a search has to find, by others than this one.
  for (const string_view text : {"<vB4nM8kL", "%76%42%34%6e%4d%38%6b%4c",
                                 "\\u0076\\u0042\\u0034\\u006e\\u004d\\u0038\\u006b"
                                 "\\u004C\\u006c",
                                 "7642346e4d386b4c",
                                 "dkI0bk04a0wyakg2Z0YxZA==",         // the value
                                 "eDp2QjRuTThrTDJqSDZnRjFk",         // x:value
                                 "eHg6dkI0bk04a0wyakg2Z0YxZA=="}) {  // xx:value
    bool found = false;
    for (const string& form : forms_of(value))
      found = found || text.find(form) != string_view::npos ||
              text.find(form.substr(0, form.size() - 6)) != string_view::npos;
    BOOST_TEST(found, text);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(stand_in_no_text_of_the_library, P, florin::AllPolicies) {
  search_at(planted_subject(florin_test::processor_named(P::name).value()));
}

BOOST_AUTO_TEST_CASE(stand_in_no_event) {
  // They have the same members whatever the policy; a token adds one of its own.
  using Policies = std::tuple<florin::DwollaPolicy>;
  Subject subject = planted_subject(florin::testing::dwolla());
  Texts texts;
  Sandbox sandbox{subject.processor};
  auto client =
      AnyClient::make<Policies>(subject.connector, subject.credentials,
                                florin_test::fault_options(sandbox, 300ms), Listener{&texts});
  BOOST_TEST_REQUIRE(client.has_value());
  sandbox.random_faults(florin_test::fault_mix(false), florin_test::fault_seed);
  live(subject, *client, texts, florin_test::wanted_customers(lives), sandbox);
  for (Planted& planted : personal()) subject.planted.push_back(std::move(planted));
  BOOST_TEST(texts.search(subject.planted, subject.connector) > 100U);
}

BOOST_AUTO_TEST_SUITE_END()
