// SPDX-License-Identifier: Apache-2.0
// Serves one processor's sandbox over TLS, for clients in other languages. The first line out is an
// object: base_url, port, ca_pem, credential and read_only_credential (where there is one). Then
// every line in is a command, answered with one line of JSON; the end of input stops it.
//
//   customers   what is stored, oldest first: [{"id","merchant_customer_id","account","fields"}]
//   fault KIND  queues a fault for one request: rate_limited, server_error, or none, which spares
//               it; answered with `true`
//
// usage: serve_sandbox NAME
#include <florin/testing/processors/airwallex.hpp>
#include <florin/testing/processors/authorizedotnet.hpp>
#include <florin/testing/processors/dwolla.hpp>
#include <florin/testing/processors/finix.hpp>
#include <florin/testing/processors/gocardless.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace json = boost::json;
using namespace florin::testing;

std::optional<Processor> processor(std::string_view name) {
  for (auto* const each : {airwallex, authorizedotnet, dwolla, finix, gocardless}) {
    auto found = each();
    if (found.name == name) return found;
  }
  return std::nullopt;
}

json::object describe(const Sandbox& sandbox, const std::optional<Credential>& reader) {
  json::object all{{"base_url", sandbox.base_url()},
                   {"port", sandbox.port()},
                   {"ca_pem", sandbox.ca_pem()},
                   {"credential", sandbox.credential()}};
  if (reader) all["read_only_credential"] = reader->text;
  return all;
}

json::array customers(const Sandbox& sandbox) {
  json::array all;
  for (const StoredCustomer& customer : sandbox.customers()) {
    json::object fields;
    for (const auto& [name, value] : customer.fields) fields[name] = value;
    all.push_back(json::object{{"id", customer.id},
                               {"merchant_customer_id", customer.merchant_customer_id},
                               {"account", customer.account},
                               {"fields", fields}});
  }
  return all;
}

std::optional<Fault> fault(std::string_view kind) {
  if (kind == "none") return Fault{.kind = Fault::Kind::none};
  if (kind == "rate_limited") return Fault{.kind = Fault::Kind::rate_limited};
  if (kind == "server_error") return Fault{.kind = Fault::Kind::server_error};
  return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
  const auto description = argc == 2 ? processor(argv[1]) : std::nullopt;
  if (!description) {
    std::cerr << "usage: serve_sandbox airwallex|authorizedotnet|dwolla|finix|gocardless\n";
    return 2;
  }
  const auto& credentials = description->credentials;
  const auto reader = std::find_if(credentials.begin(), credentials.end(),
                                   [](const Credential& each) { return !each.can_write; });
  Sandbox sandbox{*description};
  std::cout << json::serialize(describe(
                   sandbox, reader == credentials.end() ? std::nullopt : std::optional(*reader)))
            << std::endl;
  for (std::string command; std::getline(std::cin, command);) {
    constexpr std::string_view queue = "fault ";
    if (command == "customers") {
      std::cout << json::serialize(customers(sandbox)) << std::endl;
    } else if (const auto wanted = command.starts_with(queue) ? fault(command.substr(queue.size()))
                                                              : std::nullopt) {
      sandbox.fault(*wanted);
      std::cout << "true" << std::endl;
    } else {
      std::cerr << "unknown command: " << command << '\n';
      return 2;
    }
  }
}
