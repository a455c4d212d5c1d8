// SPDX-License-Identifier: Apache-2.0
#include <florin/any_client.hpp>
#include <florin/client.hpp>
#include <florin/default_client.hpp>
#include <florin/encode.hpp>
#include <florin/masked.hpp>

#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "account_host_policies.hpp"
#include "client_fixture.hpp"
#include "named_servers.hpp"
#include "scoped_variable.hpp"
#include "support/allocations.hpp"
#include "support/skipped.hpp"

/// Hosts of which a credential is a part.
BOOST_AUTO_TEST_SUITE(client_account_host)
namespace {

using namespace florin_test;
using florin::AnyClient;
using florin::Environment;
using std::string;

constexpr bool drivers[] = {false, true};

SitePolicy::Credentials key_of(const string& site) {
  return {.site = site, .token = "key-of-" + site};
}

/// Two accounts, each at a host of its own.
struct Sites {
  NamedServers names;
  Sandbox acme{described("acme"), names.identity("acme.sited.example")};
  Sandbox other{described("other"), names.identity("other.sited.example")};

  Sites() {
    names.add("acme.sited.example", acme);
    names.add("other.sited.example", other);
  }
  static florin::testing::Processor described(const string& site) {
    auto processor = plain_processor();
    processor.credentials = {{.text = "key-of-" + site}, {.text = "new-key-of-" + site}};
    processor.uniques.clear();
    return processor;
  }
  /// Whether no server got another account's key.
  [[nodiscard]] bool got_their_own() const {
    const auto all = [](const Sandbox& sandbox, const string& site) {
      const auto requests = sandbox.requests();
      return std::all_of(requests.begin(), requests.end(), [&](const auto& request) {
        const auto shown = request.header("authorization").value_or("");
        return request.header("host") == site + ".sited.example" &&
               request.server_name == site + ".sited.example" && shown.ends_with("-of-" + site);
      });
    };
    return all(acme, "acme") && all(other, "other");
  }
};

string head_of(const SitePolicy::Credentials& credentials, Environment environment) {
  florin::EncodedRequest out;
  const auto encoded =
      florin::encode<SitePolicy>(buyer("1"), credentials, {.environment = environment}, out);
  return encoded ? string{out.head()} : encoded.error().what();
}

}  // namespace

BOOST_AUTO_TEST_CASE(layer_0_makes_the_host_of_the_credentials) {
  BOOST_TEST(head_of(key_of("acme"), Environment::live).find("\r\nHost: acme.sited.example\r\n") !=
             string::npos);
  BOOST_TEST(
      head_of(key_of("Acme-1"), Environment::sandbox).find("\r\nHost: acme-1-test.sited.example") !=
      string::npos);
  BOOST_TEST(florin::host_of<SitePolicy>(key_of("acme")).value() == "acme.sited.example");
  BOOST_TEST(florin::host_of<PrefixPolicy>({.id = "i", .secret = "s"}).value() ==
             "api.prefixed.example");
  const PrefixPolicy::Credentials own{.id = "i", .secret = "s", .prefix = "pl-1"};
  BOOST_TEST(florin::host_of<PrefixPolicy>(own, Environment::sandbox).value() ==
             "pl-1.test.prefixed.example");
  BOOST_TEST((florin::host_of<PrefixPolicy, florin::FetchToken>(own).value() ==
              "pl-1.login.prefixed.example"));
  BOOST_TEST(
      (florin::host_of<PrefixPolicy, florin::FetchToken>(own, Environment::sandbox).value() ==
       "login.prefixed.example"));
  const auto masked = florin::masked_request<SitePolicy>(buyer("1"), key_of("acme"));
  BOOST_TEST_REQUIRE(masked.has_value());
  BOOST_TEST(masked->find("Host: acme.sited.example") != string::npos);
  BOOST_TEST(masked->find("key-of-acme") == string::npos);
}

BOOST_AUTO_TEST_CASE(layer_0_allocates_nothing_for_it,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  florin::EncodedRequest out;
  const auto credentials = key_of("acme");
  const auto request = buyer("1");
  BOOST_TEST_REQUIRE(florin::encode<SitePolicy>(request, credentials, out).has_value());
  const AllocationCount allocations;
  const bool encoded = florin::encode<SitePolicy>(request, credentials, out).has_value();
  const auto count = allocations.value();
  BOOST_TEST(encoded);
  BOOST_TEST(count == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_no_label_goes_nowhere) {
  NamedServers names;
  florin::EncodedRequest out;
  for (const string bad :
       {"evil.example/", "a.b", "-a", "a-", "a b", "a:443", "a@evil", "../a", "*",
        "0123456789012345678901234567890123456789012345678901234567890123"}) {
    const auto encoded = florin::encode<SitePolicy>(buyer("1"), key_of(bad), out);
    BOOST_TEST_REQUIRE(encoded.has_error());
    BOOST_TEST((encoded.error().code == Errc::invalid_credentials));
    BOOST_TEST(encoded.error().param == "site");
    // Another host that is named does not make it better.
    BOOST_TEST(florin::encode<SitePolicy>(buyer("1"), key_of(bad), {.host = "localhost"}, out)
                   .has_error());
    Client<SitePolicy> client{key_of(bad), names.options()};
    BOOST_TEST_REQUIRE(client.ready().has_error());
    BOOST_TEST((client.ready().error().code == Errc::invalid_credentials));
    BOOST_TEST(client.warm_up(1).has_error());
    for (const bool async : drivers) {
      const auto error = error_of(call(client, async, buyer("1")));
      BOOST_TEST((error.code == Errc::invalid_credentials));
      BOOST_TEST((error.outcome == Outcome::no_effect));
      BOOST_TEST(error.param == "site");
    }
  }
  Client<SitePolicy> none{{.site = "", .token = "t"}, names.options()};
  BOOST_TEST(none.ready().error().reason == "the credentials lack site");
  BOOST_TEST(names.asked().empty());
}

BOOST_AUTO_TEST_CASE(a_client_has_the_host_of_its_credentials) {
  for (const bool async : drivers) {
    Sites sites;
    Client<SitePolicy> client{key_of("acme"), sites.names.options()};
    BOOST_TEST(client.ready().has_value());
    BOOST_TEST(client.warm_up(1).has_value());
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    // Another key of the same account: the connection stays.
    client.set_credentials({.site = "ACME", .token = "new-key-of-acme"});
    BOOST_TEST(call(client, async, buyer("2")).has_value());
    BOOST_TEST(sites.acme.connection_count() == 1u);
    BOOST_TEST(sites.acme.requests().back().header("authorization").value_or("") ==
               "Bearer new-key-of-acme");
    // Another account.
    auto copy = client;
    copy.set_credentials(key_of("other"));
    BOOST_TEST(client.pool().idle == 0u);
    BOOST_TEST(call(client, async, buyer("3")).has_value());
    BOOST_TEST(sites.acme.count() == 2u);
    BOOST_TEST(sites.other.count() == 1u);
    // None.
    client.set_credentials(key_of("a.b"));
    BOOST_TEST((error_of(call(client, async, buyer("4"))).code == Errc::invalid_credentials));
    client.set_credentials(key_of("acme"));
    BOOST_TEST(call(client, async, buyer("5")).has_value());
    BOOST_TEST(sites.got_their_own());
  }
}

BOOST_AUTO_TEST_CASE(a_call_brings_no_key_to_another_host) {
  for (const bool async : drivers) {
    Sites sites;
    Client<SitePolicy> client{key_of("acme"), sites.names.options()};
    const auto stray = key_of("other");
    const auto error = error_of(call(client, async, buyer("1"), {.credentials = &stray}));
    BOOST_TEST((error.code == Errc::invalid_options));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(error.reason ==
               "the credentials of the call belong to another host than the client's");
    BOOST_TEST(sites.names.asked().empty());
    const SitePolicy::Credentials same{.site = "Acme", .token = "new-key-of-acme"};
    BOOST_TEST(call(client, async, buyer("1"), {.credentials = &same}).has_value());
    const auto none = key_of("a.b");
    BOOST_TEST((error_of(call(client, async, buyer("1"), {.credentials = &none})).code ==
                Errc::invalid_credentials));
    client.set_credentials(key_of("other"));
    BOOST_TEST(call(client, async, buyer("1"), {.credentials = &stray}).has_value());
    BOOST_TEST((error_of(call(client, async, buyer("2"), {.credentials = &same})).code ==
                Errc::invalid_options));
    BOOST_TEST(sites.got_their_own());
  }
}

BOOST_AUTO_TEST_CASE(a_base_url_is_for_all_credentials) {
  for (const bool async : drivers) {
    Sandbox sandbox{Sites::described("acme")};
    sandbox.add_credential({.text = "key-of-other"});
    Client<SitePolicy> client{key_of("acme"), options_for(sandbox)};
    const auto other = key_of("other");
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    BOOST_TEST(call(client, async, buyer("2"), {.credentials = &other}).has_value());
    client.set_credentials(other);
    BOOST_TEST(call(client, async, buyer("3")).has_value());
    BOOST_TEST(sandbox.requests().back().header("authorization").value_or("") ==
               "Bearer key-of-other");
    BOOST_TEST(sandbox.connection_count() == 1u);
    // Back home, which is that of the newest credentials.
    NamedServers nowhere;
    auto options = nowhere.options();
    options.base_url = sandbox.base_url();
    Client<SitePolicy> homely{key_of("acme"), options};
    homely.set_credentials(other);
    BOOST_TEST(homely.set_base_url("").has_value());
    BOOST_TEST(call(homely, async, buyer("4"), {.retries = 0}).has_error());
    BOOST_TEST(nowhere.asked() == std::vector<string>{"other.sited.example"},
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(accounts_change_while_others_call) {
  Sites sites;
  auto options = sites.names.options();
  options.pool.max_connections = 4;
  Client<SitePolicy> client{key_of("acme"), options};
  std::atomic<bool> over{false};
  std::thread changes{[&] {
    while (!over) {
      for (const char* site : {"other", "acme"}) {
        client.set_credentials(key_of(site));
        std::this_thread::sleep_for(1ms);
      }
    }
  }};
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto answer = i % 2 == 0
                                ? client.create(buyer(id))
                                : client.async_create(buyer(id), boost::asio::use_future).get();
        failed += answer ? 0 : 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  over = true;
  changes.join();
  BOOST_TEST(failed == 0);
  BOOST_TEST(sites.acme.count() + sites.other.count() == 90u);
  BOOST_TEST(sites.got_their_own());
}

BOOST_AUTO_TEST_CASE(the_host_for_tokens_may_be_the_accounts_too) {
  for (const bool async : drivers) {
    NamedServers names;
    const auto serve = [&](const string& host) {
      return std::make_unique<Sandbox>(token_host_processor(), names.identity(host));
    };
    const auto api = serve("pl-1.api.prefixed.example");
    const auto login = serve("pl-1.login.prefixed.example");
    const auto plain_api = serve("api.prefixed.example");
    const auto plain_login = serve("login.prefixed.example");
    names.add("pl-1.api.prefixed.example", *api);
    names.add("pl-1.login.prefixed.example", *login);
    names.add("api.prefixed.example", *plain_api);
    names.add("login.prefixed.example", *plain_login);
    const PrefixPolicy::Credentials with{.id = "the-id", .secret = "the-secret", .prefix = "pl-1"};
    const PrefixPolicy::Credentials without{.id = "the-id", .secret = "the-secret", .prefix = {}};
    Client<PrefixPolicy> client{with, names.options()};
    BOOST_TEST(call(client, async, buyer("1")).has_value());
    BOOST_TEST((error_of(call(client, async, buyer("2"), {.credentials = &without})).code ==
                Errc::invalid_options));
    client.set_credentials(without);
    BOOST_TEST(call(client, async, buyer("2")).has_value());
    for (const auto* const sandbox : {&api, &login, &plain_api, &plain_login})
      BOOST_TEST((*sandbox)->request_count() == 1u);
    BOOST_TEST(login->requests().front().target == "/token");
    BOOST_TEST(plain_login->requests().front().target == "/token");
  }
}

BOOST_AUTO_TEST_CASE(a_client_of_any_processor_has_it_likewise) {
  Sites sites;
  using Policies = std::tuple<SitePolicy, PrefixPolicy>;
  auto client = AnyClient::make<Policies>("sited", {{"site", "acme"}, {"token", "key-of-acme"}},
                                          sites.names.options())
                    .value();
  BOOST_TEST(client.ready().has_value());
  BOOST_TEST(client.create(buyer("1")).has_value());
  BOOST_TEST(client.set_credentials({{"site", "other"}, {"token", "key-of-other"}}).has_value());
  BOOST_TEST(client.create(buyer("2")).has_value());
  const auto refused = client.set_credentials({{"site", "a.b"}, {"token", "key-of-other"}});
  BOOST_TEST_REQUIRE(refused.has_error());
  BOOST_TEST((refused.error().code == Errc::invalid_credentials));
  BOOST_TEST(client.create(buyer("3")).has_value());
  BOOST_TEST(sites.acme.count() == 1u);
  BOOST_TEST(sites.other.count() == 2u);
  BOOST_TEST(sites.got_their_own());
  const auto bad =
      AnyClient::make<Policies>("sited", {{"site", "a.b"}, {"token", "t"}}, sites.names.options())
          .value();
  BOOST_TEST((bad.ready().error().code == Errc::invalid_credentials));
}

BOOST_AUTO_TEST_CASE(the_default_client_has_it_likewise) {
  const ScopedVariable site{"SITED_SITE", "a.b"};
  const ScopedVariable token{"SITED_TOKEN", "key-of-acme"};
  std::thread{[] {
    const auto error = error_of(florin::create<SitePolicy>(buyer("1")));
    BOOST_TEST((error.code == Errc::invalid_credentials));
    BOOST_TEST(error.param == "site");
  }}.join();
}

BOOST_AUTO_TEST_SUITE_END()
