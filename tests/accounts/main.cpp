// SPDX-License-Identifier: Apache-2.0
// Lets a customer live at each test account that has keys in the environment: see run.
#include <florin/any_client_of.hpp>
#include <florin/idempotency.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "account.hpp"
#include "interruption.hpp"
#include "parts/any_client.hpp"
#include "report.hpp"
#include "visit.hpp"

namespace {

using florin_test::Account;
using florin_test::all_accounts;

/// The options that `run` documents.
struct Arguments {
  bool send = false;
  std::vector<std::string> connectors;
  std::vector<std::string> test_keys;
  std::string email = "{}@example.com";
  std::chrono::seconds patience{60};
  bool understood = true;
};

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    names.emplace_back(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return names;
}

Arguments read(const std::vector<std::string_view>& words) {
  Arguments read;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (word == "--send") {
      read.send = true;
      continue;
    }
    const std::string_view value = at + 1 < words.size() ? words[++at] : std::string_view{};
    if (word == "--connectors") {
      read.connectors = names_in(value);
    } else if (word == "--test-keys") {
      read.test_keys = names_in(value);
    } else if (word == "--email") {
      read.email = value;
      read.understood = read.understood && value.find("{}") != std::string_view::npos;
    } else if (word == "--patience") {
      int seconds = -1;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
      read.patience = std::chrono::seconds{seconds};
      read.understood = read.understood && error == std::errc{} &&
                        end == value.data() + value.size() && seconds >= 0;
    } else {
      read.understood = false;
    }
    read.understood = read.understood && !value.empty();
  }
  return read;
}

/// A reference that nobody else has, short and of letters and digits: every processor takes it.
std::string fresh_reference() {
  constexpr std::string_view signs = "abcdefghjkmnpqrstuvwxyz23456789";
  std::random_device random;
  std::uniform_int_distribution<std::size_t> sign{0, signs.size() - 1};
  std::string reference = "florintest";
  while (reference.size() < 20) reference += signs[sign(random)];
  return reference;
}

std::string email_of(std::string_view form, const std::string& reference) {
  std::string email{form};
  return email.replace(email.find("{}"), 2, reference);
}

/// What would be done.
std::string plan_of(const Account& account) {
  std::string plan = "create";
  const auto add = [&plan](bool offered, std::string_view step) {
    if (offered) plan.append(", ").append(step);
  };
  add(account.retrieves, "retrieve");
  add(account.updates, "update");
  add(account.finds_reference, "find by reference");
  add(account.finds_email, "find by email");
  add(account.guarantee != florin::EnsureGuarantee::only_reported, "ensure");
  add(account.removes, "delete");
  if (!account.removes) plan.append("; the customer stays: it cannot be deleted there");
  return plan;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments = read({argv + 1, argv + argc});
  auto accounts = all_accounts(arguments.test_keys);
  const auto is_known = [&](const std::string& name) {
    return std::any_of(accounts.begin(), accounts.end(),
                       [&](const Account& each) { return each.connector == name; });
  };
  const auto all_known = [&](const std::vector<std::string>& names) {
    return std::all_of(names.begin(), names.end(), is_known);
  };
  if (!arguments.understood || !all_known(arguments.connectors) ||
      !all_known(arguments.test_keys)) {
    std::cerr << "The options are not understood: tests/accounts/run --help\n";
    return 2;
  }
  const auto& chosen = arguments.connectors;
  std::erase_if(accounts, [&](const Account& each) {
    const bool named = std::find(chosen.begin(), chosen.end(), each.connector) != chosen.end();
    return chosen.empty() ? !each.keys_given : !named;
  });
  if (accounts.empty()) {
    std::cerr << "There are no keys in the environment. `wire show NAME` says how the variables "
                 "of a connector are called.\n";
    return 1;
  }

  florin_test::Interruption interruption;
  florin_test::Report report;
  for (const Account& account : accounts) {
    if (const std::string problem = account.problem(); !problem.empty()) {
      report.connector(account.connector, problem);
      if (arguments.send) report.failed("keys", problem);
      continue;
    }
    if (!arguments.send) {
      report.connector(account.connector, "would " + plan_of(account) + "; at " + account.server);
      continue;
    }
    if (interruption.wanted()) break;
    report.connector(account.connector, "at " + account.server);
    auto client =
        florin_test::make_any_client(account.connector, account.credentials, account.options);
    if (client)
      if (auto ready = client->ready(); !ready) client = std::move(ready).error();
    if (!client) {
      report.failed("client", florin_test::words_of(client.error()));
      continue;
    }
    const std::string reference = fresh_reference();
    florin_test::Visit{account,
                       *std::move(client),
                       {reference, email_of(arguments.email, reference), arguments.patience},
                       report,
                       interruption}
        .run();
  }
  if (!arguments.send) {
    std::cout << "Nothing was sent: --send does.\n";
    return 0;
  }
  const bool all_passed = report.finish();
  if (interruption.wanted()) return 128 + SIGINT;
  return all_passed ? 0 : 1;
}
