// SPDX-License-Identifier: Apache-2.0
// What a user of the installed library compiles: it needs every dependency of florin to link and
// run.
#include <florin/florin.hpp>

#include <boost/json/parse.hpp>

#include <iostream>

#include <openssl/ssl.h>

int main() {
  const auto object = boost::json::parse(R"({"phase":"handshake"})");
  if (object.at("phase").as_string() != florin::to_string(florin::Phase::handshake)) return 1;
  if (OpenSSL_version_num() < 0x30000000L) return 1;
  florin::Client<florin::StripePolicy> client{{.api_key = "sk_test_EXAMPLE"}};
  const auto answer = client.create({});
  if (answer || answer.error().code != florin::Errc::missing_field) return 1;
  std::cout << "florin works\n";
}
