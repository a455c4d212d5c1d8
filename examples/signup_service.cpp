// SPDX-License-Identifier: Apache-2.0
//
// The service that everybody writes: it creates customers for those who call it over HTTP, and
// stores both ids in a database. Kill it at any time: nobody is made twice, nobody is forgotten.

#include <florin/florin.hpp>
#include <florin/onboarding/soci_store.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "signup_service/caller.hpp"
#include "signup_service/server.hpp"
#include "signup_service/temporary_folder.hpp"

namespace {

using florin::StripePolicy;
namespace asio = boost::asio;

constexpr std::string_view usage = R"(usage: signup_service [serve | --help]

serve  Serves until SIGTERM, SIGINT or SIGHUP (not under nohup), and answers what was asked for till
       then; a second SIGTERM or SIGINT ends it at once, and the next start settles what is left.
       Without `serve` the program shows what it can do, and ends.

  POST /customers    {"merchant_customer_id": "m-1", "email": ..., "name": ..., "given_name": ...,
                     "family_name": ..., "phone": ..., "description": ..., "metadata": {...},
                     "address": {"line1", "line2", "city", "state", "zip", "country"}}
                     201 it was made, 200 it was there: both ids. To be repeated at any time.
                     202 it is not known yet and is settled; look at Location, after Retry-After
                     400, 413, 415, 422 about the request; 409 another customer is in the way
                     502 this service is at fault; 503, 504 not now, ask again
  GET /customers/ID  what the directory knows of your reference; 503 not now
  GET /metrics       for Prometheus; not to be reached from outside
  GET /healthz       200 until it is stopped
  Both about customers take X-Request-Timeout: milliseconds that it may take. Whoever closes the
  connection, or only his own direction of it, before the answer ends the call.

environment:
  FLORIN_DIRECTORY  where both ids are: sqlite:PATH, or postgresql://HOST/DATABASE?... for several
                    processes, a password in PGPASSWORD or ~/.pgpass
  STRIPE_API_KEY    a test key (sk_test_...); without one a sandbox within this program plays Stripe
  STRIPE_ACCOUNT, STRIPE_BASE_URL, STRIPE_CA_FILE
  SIGNUP_ADDRESS (127.0.0.1), SIGNUP_PORT (8080), SIGNUP_MAX_CONNECTIONS (256),
  SIGNUP_MAX_HEADER, SIGNUP_MAX_BODY (bytes), SIGNUP_READ_TIMEOUT, SIGNUP_DEADLINE,
  SIGNUP_SETTLE_EVERY, SIGNUP_STOP_LIMIT (milliseconds)
)";

/// Stripe, or what plays it.
struct Processor {
  florin::CredentialsOf<StripePolicy> credentials =
      florin::credentials_from_environment<StripePolicy>();
  florin::ClientOptions options = florin::options_from_environment<StripePolicy>();
  std::optional<florin::testing::Sandbox> sandbox{};

  explicit Processor(bool played) {
    if (!played && !credentials.api_key.empty()) return;
    sandbox.emplace(florin::testing::stripe());
    credentials = {.api_key = sandbox->credential()};
    options.base_url = sandbox->base_url();
    options.tls.ca_pem = sandbox->ca_pem();
    signup::log("sandbox", {{"base_url", sandbox->base_url()}});
  }
};

/// The service and what it needs, from the directory, which is closed last, to the server.
class Program {
 public:
  Program(const Processor& processor, const signup::Settings& settings)
      : settings_(settings),
        directory_(florin::onboarding::open_directory(settings_.directory,
                                                      {.patience = std::chrono::seconds{10}})
                       .value()),
        client_(context_.get_executor(), processor.credentials, processor.options,
                signup::Metrics::Exporter{metrics_}) {
    client_.ready().value();
  }

  [[nodiscard]] unsigned port() const { return server_.port(); }
  /// \return whether all that was asked for was answered.
  bool run() {
    context_.run();
    return server_.answered_all();
  }
  /// On any thread.
  void stop() {
    asio::post(context_, [this] { server_.stop(); });
  }

 private:
  signup::Settings settings_;
  signup::Metrics metrics_{};
  florin::onboarding::Directory directory_;
  asio::io_context context_{1};
  signup::Client client_;
  signup::Service service_{client_, directory_, metrics_, settings_};
  signup::Server server_{context_, client_, service_, metrics_, settings_};
};

int serve() {
  signup::Settings settings = signup::settings_from_environment();
  const Processor processor{false};
  if (!processor.sandbox) {
    // Whoever tries it out should not make customers by mistake.
    const florin::Secret& key = processor.credentials.api_key;
    if (!key.reveal().starts_with("sk_test_") && !key.reveal().starts_with("rk_test_"))
      throw std::runtime_error{"STRIPE_API_KEY is no test key"};
    // What cannot be sent would be found out with the first customer.
    florin::EncodedRequest unsent;
    florin::encode<StripePolicy>(florin::CreateRequest{.merchant_customer_id = "m-1"},
                                 processor.credentials, unsent)
        .value();
    if (settings.directory.empty())
      throw std::runtime_error{"with STRIPE_API_KEY the ids are to be kept: set FLORIN_DIRECTORY"};
  }
  std::optional<signup::TemporaryFolder> folder;
  if (settings.directory.empty())
    settings.directory = "sqlite:" + folder.emplace().file("customers.sqlite");
  Program program{processor, settings};
  // A call that will not end is left as a crash would leave it: the next start settles it.
  if (!program.run()) std::_Exit(1);
  return 0;
}

/// What callers see.
int demonstrate() {
  const signup::TemporaryFolder folder;
  signup::Settings settings;
  settings.port = 0;
  settings.directory = "sqlite:" + folder.file("customers.sqlite");
  Processor processor{true};
  bool good = true;
  {
    Program program{processor, settings};
    const std::jthread serving{[&program](const std::stop_token& end) {
      const std::stop_callback stop{end, [&program] { program.stop(); }};
      program.run();
    }};
    signup::Caller caller{program.port()};
    constexpr std::string_view ana =
        R"({"merchant_customer_id": "m-1", "email": "ana@example.com", "name": "Ana Lima"})";
    good = caller.shows("POST", "/customers", ana, 201) && good;
    good = caller.shows("POST", "/customers", ana, 200) && good;
    good = caller.shows("GET", "/customers/m-1", "", 200) && good;
    good = caller.shows("POST", "/customers", R"({"merchant_customer_id": "m-2", "email": "?"})",
                        422) &&
           good;
    using Kind = florin::testing::Fault::Kind;
    processor.sandbox->fault({.kind = Kind::silent, .store = true, .times = 9});
    good =
        caller.shows("POST", "/customers", R"({"merchant_customer_id": "m-3"})", 202, 300) && good;
    processor.sandbox->clear_faults();
    good = caller.shows("POST", "/customers", R"({"merchant_customer_id": "m-3"})", 200) && good;
    good = caller.shows("GET", "/metrics", "", 200) && good;
    good = caller.shows("GET", "/healthz", "", 200) && good;
  }
  return good && processor.sandbox->count() == 2 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view command = argc == 2 ? argv[1] : "";
  if (argc > 2 || (argc == 2 && command != "serve")) {
    (command == "--help" ? std::cout : std::cerr) << usage;
    return command == "--help" ? 0 : 2;
  }
  try {
    return command == "serve" ? serve() : demonstrate();
  } catch (const std::exception& problem) {
    signup::log("failed", {{"reason", problem.what()}});
    return 2;
  }
}
