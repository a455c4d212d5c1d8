// SPDX-License-Identifier: Apache-2.0
// Serves one processor's sandbox over TLS, for clients in other languages and in other processes.
// The first line out is an object: base_url, port, ca_pem, credential and read_only_credential
// (where there is one). Then every line in is a command, answered with one line of JSON; the end of
// input stops it.
//
//   customers   what is stored, oldest first: [{"id","merchant_customer_id","account","fields"}]
//   count       {"customers","references"}: how many there are, and how many different references
//   traffic     what has arrived: {"connections","handshakes","requests"}
//   fault KIND  queues a fault for one request: rate_limited, server_error, refused (with a status
//               that means nothing else), lost, which executes it and breaks the connection, delay,
//               which answers it a second later, or none, which spares it; answered, like the
//               following ones, with `true`
//   faults N    requests meet delays, lost answers and other faults by chance, with this seed
//   delay N     each answer takes so many milliseconds
//   calm        they do not any more
//   forget      as if the time for which idempotency keys are kept had passed
//   index N     searches lag behind by so many milliseconds
//   clear       customers, keys and logged requests are forgotten
//   restart N   all connections are reset, and nobody can connect for so many milliseconds
//   renew       another certificate is shown
//   expire      tokens that were given are good no more
//   close       idle connections are closed
//   mute        requests are executed and never answered
//
// usage: serve_sandbox NAME
#include <florin/testing/sandbox.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_set>

#include "fault_mix.hpp"
#include "testing/all_processors.hpp"

namespace {

namespace json = boost::json;
using namespace florin::testing;

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

json::object count(const Sandbox& sandbox) {
  std::unordered_set<std::string> references;
  const auto all = sandbox.customers();
  for (const StoredCustomer& customer : all) references.insert(customer.merchant_customer_id);
  return {{"customers", all.size()}, {"references", references.size()}};
}

json::object traffic(const Sandbox& sandbox) {
  return {{"connections", sandbox.connection_count()},
          {"handshakes", sandbox.handshake_count()},
          {"requests", sandbox.request_count()}};
}

/// The usual mix, with more requests that take a while: they are found under way by whoever kills
/// the client.
FaultMix faults(const Processor& processor) {
  using namespace std::chrono_literals;
  auto mix = florin_test::fault_mix(florin_test::keeps_failures(processor));
  for (const auto delay : {3ms, 10ms, 30ms})
    for (const bool store : {false, true})
      mix.shares.push_back({0.02, {.kind = Fault::Kind::delay, .store = store, .delay = delay}});
  for (const auto delay : {10ms, 100ms, 300ms})
    mix.shares.push_back({0.03, {.kind = Fault::Kind::late, .delay = delay}});
  return mix;
}

std::optional<Fault> fault(std::string_view kind) {
  if (kind == "none") return Fault{.kind = Fault::Kind::none};
  if (kind == "rate_limited") return Fault{.kind = Fault::Kind::rate_limited};
  if (kind == "refused") return Fault{.kind = Fault::Kind::server_error, .status = 402};
  if (kind == "server_error") return Fault{.kind = Fault::Kind::server_error};
  if (kind == "lost") return Fault{.kind = Fault::Kind::reset_after, .store = true};
  if (kind == "delay")
    return Fault{.kind = Fault::Kind::delay, .store = true, .delay = std::chrono::seconds{1}};
  return std::nullopt;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t found = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, found);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return found;
}

/// The answer to a command; null: there is no such command.
json::value answer(Sandbox& sandbox, const Processor& processor, std::string_view command) {
  const auto space = std::min(command.find(' '), command.size());
  const std::string_view verb = command.substr(0, space);
  const std::string_view rest = command.substr(std::min(space + 1, command.size()));
  if (command == "customers") return customers(sandbox);
  if (command == "count") return count(sandbox);
  if (command == "traffic") return traffic(sandbox);
  if (command == "calm") {
    sandbox.clear_faults();
  } else if (command == "forget") {
    sandbox.forget_idempotency_keys();
  } else if (command == "clear") {
    sandbox.clear();
  } else if (command == "mute") {
    sandbox.random_faults({{{1.0, {.kind = Fault::Kind::silent, .store = true}}}}, 0);
  } else if (command == "renew") {
    sandbox.renew_certificate();
  } else if (command == "expire") {
    sandbox.expire_tokens();
  } else if (command == "close") {
    sandbox.close_idle_connections();
  } else if (const auto wanted = fault(rest); verb == "fault" && wanted) {
    sandbox.fault(*wanted);
  } else if (const auto seed = number(rest); verb == "faults" && seed) {
    sandbox.random_faults(faults(processor), *seed);
  } else if (const auto time = number(rest); verb == "delay" && time) {
    const Fault slow{.kind = Fault::Kind::delay, .delay = std::chrono::milliseconds{*time}};
    sandbox.random_faults({{{1.0, slow}}}, 0);
  } else if (const auto lag = number(rest); verb == "index" && lag) {
    sandbox.index_delay(std::chrono::milliseconds{*lag});
  } else if (const auto pause = number(rest); verb == "restart" && pause) {
    sandbox.restart(std::chrono::milliseconds{*pause});
  } else {
    return nullptr;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const auto description = argc == 2 ? florin_test::processor_named(argv[1]) : std::nullopt;
  if (!description) {
    std::cerr << "usage: serve_sandbox NAME, of a processor\n";
    return 2;
  }
  const auto& credentials = description->credentials;
  const auto reader = std::find_if(credentials.begin(), credentials.end(),
                                   [](const Credential& each) { return !each.can_write; });
  Sandbox sandbox{*description, {.threads = 2}};
  std::cout << json::serialize(describe(
                   sandbox, reader == credentials.end() ? std::nullopt : std::optional(*reader)))
            << std::endl;
  for (std::string command; std::getline(std::cin, command);) {
    const auto told = answer(sandbox, *description, command);
    if (told.is_null()) {
      std::cerr << "unknown command: " << command << '\n';
      return 2;
    }
    std::cout << json::serialize(told) << std::endl;
  }
}
