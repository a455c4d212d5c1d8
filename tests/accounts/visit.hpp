// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/customer.hpp>
#include <florin/ensure.hpp>
#include <florin/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account.hpp"
#include "comparison.hpp"
#include "interruption.hpp"
#include "report.hpp"

namespace florin_test {

/// What a visit asks for.
struct VisitOptions {
  std::string reference;          ///< the `merchant_customer_id`
  std::string email;              ///< of the customer
  std::chrono::seconds patience;  ///< longest wait for a search that lags behind
};

/// One customer's life at a processor: created, read, changed, found, ensured. In the end it is
/// removed, whatever has happened before, or it is said what is left.
class Visit {
 public:
  Visit(const Account& account, florin::AnyClient client, VisitOptions options, Report& report,
        Interruption& interruption)
      : account_(account),
        client_(std::move(client)),
        options_(std::move(options)),
        report_(report),
        interruption_(interruption) {}

  void run() {
    try {
      live();
    } catch (const std::exception& problem) {
      report_.failed("exception", problem.what());
    }
    clean_up();
  }

 private:
  using Field = florin::Field;
  using Step = void (Visit::*)();

  void live() {
    describe();
    for (const Step step :
         {&Visit::create, &Visit::retrieve, &Visit::update, &Visit::find, &Visit::ensure}) {
      if (interruption_.wanted()) return report_.failed("interrupted", "what was made is removed");
      (this->*step)();
      if (id_.empty()) return;
    }
  }

  /// Chooses a customer that this processor takes: of what is refused before anything is sent the
  /// field is left out.
  void describe() {
    request_ = {.merchant_customer_id = options_.reference,
                .email = options_.email,
                .given_name = "Ana",
                .family_name = "Example",
                .phone = "+15555550100",
                .description = "made by a test of florin",
                .metadata = {{"purpose", "test"}},
                .address = {.line1 = "1 Example Street",
                            .line2 = "Floor 2",
                            .city = "Springfield",
                            .state = "IL",
                            .zip = "62701",
                            .country = "US"}};
    for (auto valid = client_.validate(request_); !valid; valid = client_.validate(request_)) {
      const auto field = valid.error().field;
      if (!field || !leave_out(*field)) return;  // `create` says what is wrong
    }
  }
  /// \return whether it was given.
  bool leave_out(Field field) {
    bool given = false;
    florin::detail::each_text(request_, [&](Field each, std::string& text) {
      if (each != field || each == Field::merchant_customer_id) return;
      given = !text.empty();
      text.clear();
    });
    if (field == Field::metadata) given = !std::exchange(request_.metadata, {}).empty();
    return given;
  }

  void create() {
    const auto answer = client_.create(request_, with_token());
    if (!answer) {
      doubtful_ = answer.error().outcome != florin::Outcome::no_effect;
      return report_.failed("create", words_of(answer.error()));
    }
    id_ = answer->connector_customer_id.str();
    expected_ = request_;
    made_.push_back(id_);
    const florin::CreateRequestView view = request_;
    sent_ = view.given() - answer->dropped;
    report_.passed("create", id_ + " for " + options_.reference + not_carried(answer->dropped));
  }

  void retrieve() {
    if (!account_.retrieves) return report_.skipped("retrieve", "not offered");
    compare("retrieve");
  }

  void update() {
    if (!account_.updates) return report_.skipped("update", "not offered");
    florin::UpdateRequest changes{.connector_customer_id = id_};
    const auto change = [&](Field field, std::string& of_update, std::string& of_request,
                            std::string_view value) {
      if (!account_.changeable.contains(field) || !sent_.contains(field)) return;
      of_update = value;
      of_request = value;
    };
    florin::CreateRequest changed = expected_;
    change(Field::family_name, changes.family_name, changed.family_name, "Sample");
    if (!changes.family_name.empty()) changes.given_name = changed.given_name;
    change(Field::phone, changes.phone, changed.phone, "+15555550101");
    change(Field::description, changes.description, changed.description,
           "changed by a test of florin");
    change(Field::address_city, changes.address.city, changed.address.city, "Shelbyville");
    florin::AnyCallOptions options;
    if (account_.update_takes_token) options = with_token();
    const auto answer = client_.update(changes, options);
    if (!answer) return report_.failed("update", words_of(answer.error()));
    expected_ = std::move(changed);
    report_.passed("update", "done" + not_carried(answer->dropped));
    if (account_.retrieves) compare("retrieve again");
  }

  void find() {
    if (!account_.finds_reference && !account_.finds_email)
      return report_.skipped("find", "not offered");
    if (account_.finds_reference)
      find_by("find by reference", florin::by_reference(options_.reference),
              account_.reference_index);
    if (account_.finds_email)
      find_by("find by email", florin::by_email(options_.email), account_.email_index);
  }
  template <class Filter>
  void find_by(std::string_view step, const Filter& filter, const florin::FindIndex& index) {
    const bool at_once = index.consistency == florin::Consistency::immediate;
    const auto ids = wait_for(filter, at_once ? std::chrono::seconds{0} : options_.patience);
    if (!ids) return report_.failed(step, words_of(ids.error()));
    if (*ids == std::vector{id_}) return report_.passed(step, "found");
    if (ids->empty() && !index.certain)
      return report_.skipped(step, "not found, which the processor does not promise");
    report_.failed(step, ids->empty() ? "not found" : "others are found");
  }
  /// Finds customers, again and again while there is none.
  template <class Filter>
  florin::Result<std::vector<std::string>> wait_for(const Filter& filter,
                                                    std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      std::vector<std::string> ids;
      for (const auto& customer : client_.find(filter)) {
        if (!customer) return customer.error();
        ids.emplace_back(customer->connector_customer_id());
      }
      using namespace std::chrono_literals;
      if (!ids.empty() || std::chrono::steady_clock::now() >= until || interruption_.wait(500ms))
        return ids;
    }
  }

  void ensure() {
    if (account_.guarantee == florin::EnsureGuarantee::only_reported)
      return report_.skipped("ensure", "a second customer would come of it here");
    // A key stands for one request; other processors compare with the customer as it is now.
    const bool by_key = account_.guarantee == florin::EnsureGuarantee::by_key;
    const auto answer = client_.ensure(by_key ? request_ : expected_, with_token());
    if (!answer) return report_.failed("ensure", words_of(answer.error()));
    const std::string found = answer->connector_customer_id.str();
    if (found == id_) {
      report_.passed("ensure", "the same customer, " + std::string{to_string(answer->origin)});
    } else {
      made_.push_back(found);
      report_.failed("ensure", "another customer: " + found);
    }
  }

  /// Reads the customer and compares it with what was sent.
  void compare(std::string_view step) {
    const auto answer = client_.retrieve(id_);
    if (!answer) return report_.failed(step, words_of(answer.error()));
    const Comparison compared{expected_, *answer, account_.read & sent_};
    if (compared.different().empty())
      report_.passed(step, "as sent: " + compared.same());
    else
      report_.failed(step, "not as sent: " + compared.different());
  }

  void clean_up() {
    if (made_.empty() && doubtful_) look_for_what_was_made();
    for (const auto& id : made_) {
      const std::string what = id + ", " + options_.reference;
      if (!account_.removes) {
        report_.left(what);
      } else if (const auto answer = client_.remove(id); !answer) {
        report_.failed("delete", words_of(answer.error()));
        report_.left(what);
      } else if (const auto seen = client_.retrieve(id); account_.retrieves && is_there(seen)) {
        report_.failed("delete", "it can still be read");
        report_.left(what);
      } else {
        report_.passed("delete", id);
      }
    }
  }
  static bool is_there(const florin::Result<florin::Customer>& answer) {
    return answer && answer->status == florin::CustomerStatus::active;
  }
  /// A create has failed that may have made a customer.
  void look_for_what_was_made() {
    florin::Result<std::vector<std::string>> ids = std::vector<std::string>{};
    if (account_.finds_reference)
      ids = wait_for(florin::by_reference(options_.reference), options_.patience);
    else if (account_.finds_email)
      ids = wait_for(florin::by_email(options_.email), options_.patience);
    if (ids) made_ = *ids;
    if (made_.empty()) report_.left("perhaps a customer without known id, " + options_.reference);
  }

  [[nodiscard]] florin::AnyCallOptions with_token() const {
    return {.payment_token = account_.payment_token};
  }
  static std::string not_carried(florin::FieldSet dropped) {
    std::string text;
    for (const Field field : dropped)
      text.append(text.empty() ? "; not carried: " : ", ").append(to_string(field));
    return text;
  }

  const Account& account_;
  florin::AnyClient client_;
  VisitOptions options_;
  Report& report_;
  Interruption& interruption_;
  florin::CreateRequest request_;   ///< that it is created and ensured with
  florin::CreateRequest expected_;  ///< what it is after its changes
  florin::FieldSet sent_;           ///< the fields that went out
  std::string id_;
  std::vector<std::string> made_;
  bool doubtful_ = false;
};

}  // namespace florin_test
