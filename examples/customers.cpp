// SPDX-License-Identifier: Apache-2.0
//
// The whole life of a customer, step by step, with what goes over the wire: created, met again as a
// duplicate, read, changed, found, ensured after a lost answer, deleted.
//
// A sandbox within this program plays Paysafe, whose customers are unique by their reference;
// nothing leaves the machine.

#include <florin/florin.hpp>
#include <florin/testing/processors/paysafe.hpp>
#include <florin/testing/sandbox.hpp>

#include <cstddef>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using florin::PaysafePolicy;
using florin::testing::Fault;

/// Prints what has reached the sandbox since the last time, without the headers: they have the key.
class Wire {
 public:
  explicit Wire(const florin::testing::Sandbox& sandbox) : sandbox_(&sandbox) {}

  void show() {
    const auto requests = sandbox_->requests();
    for (; shown_ < requests.size(); ++shown_) {
      std::cout << "    > " << requests[shown_].method << ' ' << requests[shown_].target << '\n';
      if (!requests[shown_].body.empty()) std::cout << "    > " << requests[shown_].body << '\n';
    }
  }

 private:
  const florin::testing::Sandbox* sandbox_;
  std::size_t shown_ = 0;
};

/// Says a step, and what it came to.
class Steps {
 public:
  explicit Steps(const florin::testing::Sandbox& sandbox) : wire_(sandbox) {}

  /// \return the value of the result. Errors: `florin::Exception`.
  template <class T>
  T take(std::string_view step, florin::Result<T> result) {
    say(step);
    return std::move(result).value();
  }
  template <class T>
  florin::Error refused(std::string_view step, const florin::Result<T>& result) {
    say(step);
    if (result) throw std::runtime_error{"this should have been refused"};
    return result.error();
  }

 private:
  void say(std::string_view step) {
    std::cout << '\n' << ++number_ << ". " << step << '\n';
    wire_.show();
  }

  Wire wire_;
  int number_ = 0;
};

void tell(std::string_view name, std::string_view value) {
  std::cout << "    " << name << ": " << value << '\n';
}

void tell(const florin::Customer& customer) {
  for (const florin::Field field : florin::FieldSet::all())
    if (const auto part = customer.get(field)) tell(to_string(field), *part);
}

void run() {
  using namespace florin;
  using namespace florin::fields;

  testing::Sandbox sandbox{testing::paysafe()};
  ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  Client<PaysafePolicy> client{{.api_key = Secret{sandbox.credential()}}, options};
  Steps steps{sandbox};

  const auto request = customer(merchant_customer_id = "cust_user_12345", email = "ana@example.com",
                                name = "Ana Example");
  const auto made = steps.take("A user signs up: create", client.create(request));
  const std::string id = made.connector_customer_id.str();
  tell("connector_customer_id", id);
  tell("origin", to_string(made.origin));

  const auto duplicate =
      steps.refused("The user signs up once more: the duplicate is told", client.create(request));
  tell("error", duplicate.what());
  tell("existing_customer_id", duplicate.existing_customer_id);

  const auto used = steps.take("... and used, where that is what is wanted",
                               client.create(request, {.on_exists = OnExists::use_existing}));
  tell("connector_customer_id", used.connector_customer_id);
  tell("origin", to_string(used.origin));

  tell(steps.take("What does the processor have? retrieve", client.retrieve(id)));

  const auto changed = steps.take(
      "The user moves to another email, and leaves the phone: update. This processor replaces the "
      "record, so it is read first",
      client.update(id, customer_changes(email = "ana.new@example.com", phone = "+15555550100")));
  tell(changed);

  auto finder = client.find(by_reference("cust_user_12345"));
  const auto page = steps.take("Who has this reference? find", finder.next());
  for (const Customer& each : page) tell("found", each.connector_customer_id());

  sandbox.fault({.kind = Fault::Kind::reset_after, .store = true});
  const auto ensured =
      steps.take("Another user signs up, and the answer is lost: ensure settles it",
                 client.ensure(customer(merchant_customer_id = "cust_user_67890",
                                        email = "bo@example.com", name = "Bo Example")));
  tell("connector_customer_id", ensured.connector_customer_id);
  tell("origin", to_string(ensured.origin));
  tell("requests", std::to_string(ensured.attempts));
  tell("customers at the processor", std::to_string(sandbox.count()));

  const auto gone = steps.take("The first user leaves: delete", client.remove(id));
  tell("status", to_string(gone.status));

  const auto nobody = steps.refused("... and is not there any more", client.retrieve(id));
  tell("error", nobody.what());
}

}  // namespace

int main() {
  try {
    run();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "customers: " << error.what() << '\n';
    return 1;
  }
}
