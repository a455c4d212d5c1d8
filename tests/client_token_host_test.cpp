// SPDX-License-Identifier: Apache-2.0
#include <florin/client.hpp>
#include <florin/encode.hpp>
#include <florin/environment.hpp>
#include <florin/policies/dwolla.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "client_fixture.hpp"
#include "forked_child.hpp"
#include "named_servers.hpp"
#include "scoped_variable.hpp"
#include "support/skipped.hpp"
#include "token_host_policy.hpp"

/// Tokens that are fetched at another host than the API's.
BOOST_AUTO_TEST_SUITE(client_token_host)
namespace {

using namespace florin_test;
namespace asio = boost::asio;
using Kind = Fault::Kind;
using Apart = Client<TokenHostPolicy>;
using std::string;
using std::string_view;

constexpr bool drivers[] = {false, true};

TokenHostPolicy::Credentials rightful() {
  return {.id = "the-id", .secret = "the-secret"};
}

/// The two servers, at the policy's hosts.
struct Servers {
  NamedServers names;
  Sandbox login;
  Sandbox api;

  explicit Servers(const string& lifetime = "3600",
                   const string& login_name = "login.apart.example")
      : login(token_host_processor(lifetime), names.identity(login_name)),
        api(token_host_processor(), names.identity("api.apart.example")) {
    names.add("login.apart.example", login);
    names.add("api.apart.example", api);
  }
  /// Whether each server got what is meant for it, and nothing of what is not.
  [[nodiscard]] bool got_their_own() const {
    const auto all = [](const Sandbox& sandbox, string_view target, string_view host,
                        string_view scheme, std::initializer_list<string_view> foreign) {
      const auto requests = sandbox.requests();
      return std::all_of(requests.begin(), requests.end(), [&](const auto& request) {
        const auto shown = request.header("authorization").value_or("");
        return request.target == target && request.header("host") == host &&
               request.server_name == host && shown.starts_with(scheme) &&
               std::none_of(foreign.begin(), foreign.end(), [&](string_view text) {
                 return shown.find(text) != string::npos || request.body.find(text) != string::npos;
               });
      });
    };
    return all(login, "/token", "login.apart.example", "Basic ", {"the-token"}) &&
           all(api, "/customers", "api.apart.example", "Bearer ",
               {"the-secret", "dGhlLWlkOnRoZS1zZWNyZXQ="});
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(each_host_gets_its_own) {
  for (const bool async : drivers) {
    Servers servers;
    Apart client{rightful(), servers.names.options()};
    BOOST_TEST(client.ready().has_value());
    const auto first = call(client, async, buyer("1"));
    BOOST_TEST_REQUIRE(first.has_value());
    BOOST_TEST((first->timings[Phase::token] > 0ns));
    BOOST_TEST(first->attempts == 1);
    BOOST_TEST(call(client, async, buyer("2")).has_value());
    BOOST_TEST(servers.login.request_count() == 1u);
    BOOST_TEST(servers.api.request_count() == 2u);
    BOOST_TEST(servers.api.count() == 2u);
    BOOST_TEST(servers.got_their_own());
    BOOST_TEST(servers.login.connection_count() == 1u);
    BOOST_TEST(servers.api.connection_count() == 1u);
    // Both are kept, and told of.
    BOOST_TEST(client.pool().idle == 2u);
    BOOST_TEST(client.pool().opened == 2u);
    BOOST_TEST(client.pool().busy == 0u);
    client.close();
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST(call(client, async, buyer("3")).has_value());
    BOOST_TEST(client.pool().idle == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_sandbox_gets_both_unless_told_otherwise) {
  for (const bool async : drivers) {
    const Sandbox one{token_host_processor()};
    const Sandbox login{token_host_processor()};
    Apart client{rightful(), options_for(one)};
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    BOOST_TEST(one.request_count() == 2u);
    BOOST_TEST(one.connection_count() == 1u);  // the call goes where the token came from

    florin::testing::Authority authority;
    const Sandbox first{token_host_processor(), {.identity = authority.issue()}};
    const Sandbox second{token_host_processor(), {.identity = authority.issue()}};
    const Sandbox third{token_host_processor(), {.identity = authority.issue()}};
    auto options = options_for(first);
    options.tls.ca_pem = authority.certificate_pem();
    options.token_base_url = second.base_url();
    Apart apart{rightful(), options};
    BOOST_TEST(call(apart, async, buyer("1")).has_value());
    BOOST_TEST(first.request_count() == 1u);
    BOOST_TEST(second.request_count() == 1u);
    // Another server for the calls: tokens come from where they came from.
    BOOST_TEST(apart.set_base_url(third.base_url()).has_value());
    BOOST_TEST(apart.pool().idle == 0u);
    BOOST_TEST(call(apart, async, buyer("2")).has_value());
    BOOST_TEST(third.request_count() == 1u);
    BOOST_TEST(third.requests().front().target == "/customers");
    BOOST_TEST(second.request_count() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_renewed_at_its_host) {
  for (const bool async : drivers) {
    Servers servers;
    Apart client{rightful(), servers.names.options()};
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    servers.api.fault({.kind = Kind::server_error, .status = 401});
    const auto answer = call(client, async, buyer("2"), {.retries = 0});
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->attempts == 2);
    BOOST_TEST(servers.login.request_count() == 2u);
    BOOST_TEST(servers.api.request_count() == 3u);
    BOOST_TEST(servers.login.connection_count() == 1u);
    BOOST_TEST(servers.got_their_own());
  }
}

BOOST_AUTO_TEST_CASE(many_threads_wait_for_one_token) {
  Servers servers;
  servers.login.fault({.kind = Kind::delay, .delay = 100ms});
  auto options = servers.names.options();
  options.pool.max_connections = 4;
  Apart client{rightful(), options};
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto answer = i % 2 == 0 ? client.create(buyer(id))
                                       : client.async_create(buyer(id), asio::use_future).get();
        failed += answer ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(servers.login.request_count() == 1u);
  BOOST_TEST(servers.api.count() == 80u);
  BOOST_TEST(servers.got_their_own());
}

BOOST_AUTO_TEST_CASE(many_accounts_fetch_side_by_side) {
  Servers servers;
  servers.login.fault({.kind = Kind::delay, .delay = 20ms, .times = 12});
  auto options = servers.names.options();
  options.pool.max_connections = 2;
  Apart client{rightful(), options};
  std::vector<TokenHostPolicy::Credentials> accounts;
  for (int i = 0; i < 12; ++i) {
    const auto number = std::to_string(i);
    servers.login.add_credential({.text = "id-" + number + ":secret-" + number});
    accounts.push_back({.id = "id-" + number, .secret = "secret-" + number});
  }
  std::vector<std::future<Answer>> answers;
  for (std::size_t i = 0; i < accounts.size(); ++i)
    answers.push_back(client.async_create(buyer(std::to_string(i)), {.credentials = &accounts[i]},
                                          asio::use_future));
  for (auto& answer : answers) BOOST_TEST(take(std::move(answer)).has_value());
  BOOST_TEST(servers.login.request_count() == 12u);
  BOOST_TEST(servers.login.connection_count() <= 2u);
  BOOST_TEST(servers.api.count() == 12u);
  BOOST_TEST(servers.got_their_own());
}

BOOST_AUTO_TEST_CASE(a_fetch_that_fails_is_repeated_and_leaves_nothing) {
  for (const bool async : drivers) {
    for (const auto kind : {Kind::rate_limited, Kind::server_error, Kind::reset_before_read,
                            Kind::reset_after, Kind::truncate, Kind::garbage, Kind::not_http}) {
      Servers servers;
      Apart client{rightful(), servers.names.options()};
      servers.login.fault({.kind = kind});
      const auto error = error_of(call(client, async, buyer("1"), {.retries = 0}));
      BOOST_TEST((error.outcome == Outcome::no_effect));
      BOOST_TEST((error.phase == Phase::token));
      BOOST_TEST(servers.api.connection_count() == 0u);
      servers.login.fault({.kind = kind});
      const auto answer = call(client, async, buyer("1"));
      BOOST_TEST_REQUIRE(answer.has_value());
      BOOST_TEST(answer->attempts == 2);
      BOOST_TEST(servers.api.count() == 1u);
      // What is reset before it is read does not count.
      BOOST_TEST(servers.login.request_count() == (kind == Kind::reset_before_read ? 1u : 3u));
      BOOST_TEST(servers.got_their_own());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_host_that_closes_is_connected_to_anew) {
  for (const bool async : drivers) {
    Servers servers{"0"};
    servers.login.fault({.kind = Kind::close_after});
    Apart client{rightful(), servers.names.options()};
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    BOOST_TEST(call(client, async, buyer("2")).has_value());
    servers.login.close_idle_connections();
    BOOST_TEST(call(client, async, buyer("3")).has_value());
    BOOST_TEST(servers.login.request_count() == 3u);
    BOOST_TEST(servers.login.connection_count() == 3u);
    BOOST_TEST(servers.api.connection_count() == 1u);
    BOOST_TEST(servers.got_their_own());
  }
}

BOOST_AUTO_TEST_CASE(a_host_that_cannot_be_reached_is_named) {
  for (const bool async : drivers) {
    Servers servers;
    auto options = servers.names.options();
    options.proxy.reset();
    options.base_url = servers.api.base_url();
    options.token_base_url = "https://127.0.0.1:1";
    Apart client{rightful(), options};
    const auto error = error_of(call(client, async, buyer("1"), {.retries = 0}));
    BOOST_TEST((error.code == Errc::connect_failed));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.reason == "at the host that gives tokens");
    BOOST_TEST(servers.api.connection_count() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_host_with_another_name_gets_no_secret) {
  for (const bool async : drivers) {
    Servers servers{"3600", "api.apart.example"};  // the certificate of the other one
    Apart client{rightful(), servers.names.options()};
    const auto error = error_of(call(client, async, buyer("1")));
    BOOST_TEST((error.code == Errc::tls_failed));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(servers.login.request_count() == 0u);
    BOOST_TEST(servers.api.connection_count() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_silent_host_ends_by_the_deadline_or_who_cancels) {
  for (const bool async : drivers) {
    Servers servers;
    Apart client{rightful(), servers.names.options()};
    servers.login.fault({.kind = Kind::silent});
    auto error = error_of(call(client, async, buyer("1"), {.deadline = elapsing}));
    BOOST_TEST((error.code == Errc::deadline_exceeded));
    BOOST_TEST((error.phase == Phase::token));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    servers.login.fault({.kind = Kind::silent});
    std::optional<Answer> answer;
    std::thread caller{[&] { answer.emplace(call(client, async, buyer("1"))); }};
    BOOST_TEST(servers.login.wait_for_requests(2, hang_guard));
    client.cancel_all();
    caller.join();
    error = error_of(*answer);
    BOOST_TEST((error.code == Errc::cancelled));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(servers.api.connection_count() == 0u);
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    BOOST_TEST(client.drain(20s) == 0u);
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST((error_of(call(client, async, buyer("2"))).code == Errc::cancelled));
  }
}

BOOST_AUTO_TEST_CASE(connections_outlive_the_context_of_asynchronous_calls) {
  Servers servers{"0"};
  auto context = std::make_unique<asio::io_context>();
  Apart client{context->get_executor(), rightful(), servers.names.options()};
  std::optional<Answer> answer;
  client.async_create(buyer("1"), [&](Answer given) { answer.emplace(std::move(given)); });
  context->run();
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->has_value());
  context.reset();
  BOOST_TEST(client.create(buyer("2")).has_value());
  BOOST_TEST(servers.login.connection_count() == 1u);
  BOOST_TEST(servers.login.request_count() == 2u);
  BOOST_TEST(servers.api.connection_count() == 1u);
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_in_time) {
  Servers servers;
  auto options = servers.names.options();
  options.pool.idle_timeout = 50ms;
  Apart client{rightful(), options};
  BOOST_TEST(client.create(buyer("1")).has_value());
  const auto limit = std::chrono::steady_clock::now() + hang_guard;
  while (client.pool().idle != 0 && std::chrono::steady_clock::now() < limit)
    std::this_thread::sleep_for(10ms);
  BOOST_TEST(client.pool().idle == 0u);
  BOOST_TEST(client.pool().swept == 2u);
}

BOOST_AUTO_TEST_CASE(a_child_has_connections_of_its_own,
                     *florin_test::not_under_tsan(florin_test::forks)) {
  Servers servers{"0"};
  Apart client{rightful(), servers.names.options()};
  BOOST_TEST(client.create(buyer("1")).has_value());
  ForkedChild child{[&] {
    const auto answer = client.create(buyer("2"));
    return answer ? string{"created"} : answer.error().what();
  }};
  BOOST_TEST(child.words() == "created");
  BOOST_TEST(client.create(buyer("3")).has_value());
  BOOST_TEST(servers.login.connection_count() == 2u);
  BOOST_TEST(servers.api.connection_count() == 2u);
  BOOST_TEST(servers.login.request_count() == 3u);
  BOOST_TEST(servers.got_their_own());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used_is_told) {
  const Sandbox sandbox{token_host_processor()};
  const auto refused = [&](string url) {
    auto options = options_for(sandbox);
    options.token_base_url = std::move(url);
    Apart client{rightful(), options};
    const auto ready = client.ready();
    BOOST_TEST_REQUIRE(ready.has_error());
    BOOST_TEST((ready.error().code == Errc::invalid_options));
    BOOST_TEST((error_of(client.create(buyer("1"))).code == Errc::invalid_options));
    return string{ready.error().reason};
  };
  BOOST_TEST(refused("nowhere").starts_with("token_base_url is not of the form"));
  BOOST_TEST(refused("http://localhost").starts_with("token_base_url is http://"));
  auto options = options_for(sandbox);
  options.token_base_url = sandbox.base_url();
  const Client<florin::DwollaPolicy> other{{.client_id = "id", .client_secret = "secret"}, options};
  BOOST_TEST_REQUIRE(other.ready().has_error());
  BOOST_TEST((other.ready().error().code == Errc::invalid_options));
  BOOST_TEST(other.ready().error().reason.starts_with("token_base_url is given"));
  BOOST_TEST(sandbox.connection_count() == 0u);
}

BOOST_AUTO_TEST_CASE(layer_0_knows_both_hosts) {
  florin::EncodedRequest out;
  for (const auto world : {florin::Environment::live, florin::Environment::sandbox}) {
    const bool live = world == florin::Environment::live;
    const string api = live ? "api.apart.example" : "test.apart.example";
    BOOST_TEST(florin::encode<TokenHostPolicy>(buyer("1"), rightful(),
                                               {.environment = world, .access_token = "t"}, out)
                   .has_value());
    BOOST_TEST(out.head().find("\r\nHost: " + api + "\r\n") != string::npos);
    BOOST_TEST((florin::encode<TokenHostPolicy, florin::FetchToken>(
                    florin::TokenRequest{}, rightful(), {.environment = world}, out)
                    .has_value()));
    BOOST_TEST(out.head().find("\r\nHost: login.apart.example\r\n") != string::npos);
    BOOST_TEST(florin::host_of<TokenHostPolicy>(rightful(), world).value() == api);
    BOOST_TEST((florin::host_of<TokenHostPolicy, florin::FetchToken>(rightful(), world).value() ==
                "login.apart.example"));
  }
}

BOOST_AUTO_TEST_CASE(a_variable_names_the_host) {
  const ScopedVariable url{"APART_TOKEN_BASE_URL", "https://localhost:8443"};
  const ScopedVariable other{"DWOLLA_TOKEN_BASE_URL", "https://localhost:8443"};
  BOOST_TEST(florin::options_from_environment<TokenHostPolicy>().token_base_url ==
             "https://localhost:8443");
  BOOST_TEST(florin::options_from_environment<florin::DwollaPolicy>().token_base_url.empty());
}

BOOST_AUTO_TEST_SUITE_END()
