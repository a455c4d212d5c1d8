// SPDX-License-Identifier: Apache-2.0
//
// Creates one customer and shows everything that happened.

#include <florin/florin.hpp>
#include <florin/testing/processors/stripe.hpp>
#include <florin/testing/sandbox.hpp>

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using florin::StripePolicy;

constexpr std::string_view usage = R"(usage: create_customer [--help]

Creates the customer cust_user_12345 at Stripe and prints the answer, the request as it was sent,
and the phases of the call.

Without STRIPE_API_KEY a sandbox within this program plays Stripe and nothing leaves the machine.

environment:
  STRIPE_API_KEY   create the customer at api.stripe.com with this key (sk_test_...)
  STRIPE_ACCOUNT   for this connected account (acct_...)
  STRIPE_BASE_URL  at this server instead: https://host:port
  STRIPE_CA_FILE   whose certificate these roots vouch for (PEM)
)";

/// Keeps what the client reports. A service would feed its metrics here.
struct Recorder {
  std::vector<florin::PhaseEvent>* phases;

  void on_phase(const florin::PhaseEvent& event) { phases->push_back(event); }
  void on_call(const florin::CallEvent&) {}
};

/// Everything that a caller has to decide after an error hangs on its outcome.
std::string_view next_step(const florin::Error& error) {
  using florin::Errc;
  using florin::Outcome;
  if (error.outcome == Outcome::unknown)
    return "The customer may exist. Repeat the same request: its idempotency key settles it.";
  if (error.code == Errc::customer_exists)
    return "The customer exists. Use existing_customer_id, or look it up.";
  if (error.code == Errc::invalid_credentials || error.code == Errc::unauthorized ||
      error.code == Errc::forbidden)
    return "No customer was made. Correct the key.";
  if (error.transient) return "No customer was made. Try again later.";
  return "No customer was made. Correct the request.";
}

/// The same bytes again, with the secrets masked: layer 0 needs no network.
void print_request(const florin::CreateRequest& request,
                   const StripePolicy::Credentials& credentials,
                   const florin::ClientOptions& options, std::string_view idempotency_key,
                   bool sent) {
  const auto server = florin::BaseUrl::parse(options.base_url);
  const std::string host = server ? server->authority() : "";  // empty: the policy's
  if (const auto text = florin::masked_request<StripePolicy>(
          request, credentials, {.host = host, .idempotency_key = idempotency_key}))
    std::cout << (sent ? "\nrequest, as sent\n" : "\nrequest, not sent\n") << *text << '\n';
}

void print_phases(const std::vector<florin::PhaseEvent>& phases) {
  std::cout << "\nphases\n" << std::fixed << std::setprecision(3);
  for (const auto& event : phases) {
    const std::chrono::duration<double, std::milli> duration = event.duration;
    std::cout << "attempt " << event.attempt << "  " << std::left << std::setw(9)
              << to_string(event.phase) << std::right << std::setw(10) << duration.count() << " ms"
              << (event.failed ? "  failed" : "") << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    const bool help = argc == 2 && std::string_view{argv[1]} == "--help";
    (help ? std::cout : std::cerr) << usage;
    return help ? 0 : 2;
  }

  auto credentials = florin::credentials_from_environment<StripePolicy>();
  auto options = florin::options_from_environment<StripePolicy>();
  std::optional<florin::testing::Sandbox> sandbox;
  if (credentials.api_key.empty()) {
    sandbox.emplace(florin::testing::stripe());
    credentials = {.api_key = sandbox->credential()};
    options.base_url = sandbox->base_url();
    options.tls.ca_pem = sandbox->ca_pem();
    std::cout << "STRIPE_API_KEY is not set: Stripe is played by a sandbox at "
              << sandbox->base_url() << "\n\n";
  }

  std::vector<florin::PhaseEvent> phases;
  florin::Client<StripePolicy, Recorder> client{credentials, options, Recorder{&phases}};

  const florin::CreateRequest request{.merchant_customer_id = "cust_user_12345",
                                      .email = "john.doe@example.com",
                                      .name = "John Doe",
                                      .phone = "+1-555-123-4567",
                                      .description = "Premium plan subscriber"};
  const auto answer = client.create(request);

  const bool sent = std::any_of(phases.begin(), phases.end(), [](const florin::PhaseEvent& event) {
    return event.phase == florin::Phase::write;
  });

  if (!answer) {
    const florin::Error error = answer.error();
    std::cout << "error                  " << error << "\nstatus_code            "
              << error.status_code << "\nattempts               " << error.attempts
              << "\nidempotency key        " << error.idempotency_key << "\nrequest id             "
              << error.request_id << "\nnext                   " << next_step(error) << '\n';
    print_request(request, credentials, options, error.idempotency_key, sent);
    print_phases(phases);
    return 1;
  }

  // These four are what a service stores and hands on.
  std::cout << "merchant_customer_id   " << answer->merchant_customer_id
            << "\nconnector_customer_id  " << answer->connector_customer_id
            << "\nstatus                 " << to_string(answer->status)
            << "\nstatus_code            " << answer->status_code << '\n';
  std::cout << "\norigin                 " << to_string(answer->origin)
            << "\nattempts               " << answer->attempts << "\nidempotency key        "
            << answer->idempotency_key << "\nrequest id             " << answer->request_id << '\n';
  print_request(request, credentials, options, answer->idempotency_key, sent);
  print_phases(phases);
  return 0;
}
