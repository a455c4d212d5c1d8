// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/conformance_bench.hpp>
#include <florin/testing/detail/conformance_records.hpp>

#include <string>
#include <string_view>
#include <utility>

/// The checks of conformance that are about changing customers, and about having one.
namespace florin::testing::detail {

/// A customer that is changed, and what it is to be then.
class ChangedCustomer {
 public:
  ChangedCustomer(ConformanceBench& bench, Findings& found, std::string id, CreateRequest request)
      : bench_(bench), found_(found), id_(std::move(id)), request_(std::move(request)) {}

  /// Gives a field another text.
  void change(florin::Field field) {
    UpdateRequest changes{.connector_customer_id = id_};
    std::string& text = *text_of(request_, field);
    text = another(field, text);
    *text_of(changes, field) = text;
    if (bench_.subject().shared.contains(field)) {
      for (const florin::Field other : bench_.subject().shared - FieldSet{field}) {
        text_of(request_, other)->clear();
        removed_.insert(other);
      }
    }
    perform(changes, "a changed ", field);
  }
  /// Gives the first entry of the metadata another value.
  void change_entry() {
    const std::string key = request_.metadata.begin()->first;
    request_.metadata.set(key, "again");
    perform({.connector_customer_id = id_, .metadata = {{key, "again"}}}, "changed ",
            florin::Field::metadata);
  }
  void clear(florin::Field field) {
    text_of(request_, field)->clear();
    removed_.insert(field);
    perform({.connector_customer_id = id_, .cleared = {field}}, "a cleared ", field);
  }
  /// Removes the first entry of the metadata.
  void clear_entry() {
    const std::string key = request_.metadata.begin()->first;
    Metadata rest;
    for (const auto& entry : request_.metadata)
      if (entry.first != key) rest.set(entry.first, entry.second);
    request_.metadata = std::move(rest);
    const UpdateRequest changes{.connector_customer_id = id_, .metadata_cleared = {key}};
    const auto customer = perform(changes, "cleared ", florin::Field::metadata);
    if (customer && customer->metadata(key).value_or("") != "")
      found_.fault("an entry of the metadata is there although it was cleared");
  }

 private:
  static std::string another(florin::Field field, std::string text) {
    switch (field) {
      case florin::Field::email:
        return "new." + text;
      case florin::Field::name:
        return "Noa Sample";
      case florin::Field::address_line1:
        return "2 Other Street";
      case florin::Field::phone:
        text.back() = text.back() == '9' ? '8' : '9';
        return text;
      default:
        return text + " again";
    }
  }

  /// Changes the customer and reads it back.
  Result<Customer> perform(UpdateRequest changes, std::string_view what, florin::Field field) {
    auto changed = bench_.update(changes);
    // What has to be sent beside it is sent as it is.
    while (!changed && changed.error().code == Errc::missing_field && changed.error().field) {
      std::string* const text = text_of(changes, *changed.error().field);
      if (text == nullptr || !text->empty()) break;
      *text = *text_of(request_, *changed.error().field);
      if (text->empty()) break;
      changed = bench_.update(changes);
    }
    auto read = changed ? bench_.retrieve(id_) : changed;
    if (!read) {
      found_.fault(what, to_string(field), " gives ", describe(read.error()));
      return read;
    }
    if (changed->connector_customer_id() != id_) found_.fault("the answer has another id");
    for (const florin::Field each : bench_.tried()) {
      const bool right = removed_.contains(each) ? read->get(each).value_or("").empty()
                                                 : is_read_back(bench_, *read, request_, each);
      if (!right)
        found_.fault("after ", what, to_string(field), " ", to_string(each),
                     " is not as it should");
    }
    return read;
  }

  ConformanceBench& bench_;
  Findings& found_;
  std::string id_;
  CreateRequest request_;
  FieldSet removed_;
};

inline Findings check_update(ConformanceBench& bench) {
  using florin::Field;
  constexpr FieldSet texts{Field::email, Field::name, Field::phone, Field::description,
                           Field::address_line1};
  Findings found;
  const CreateRequest request = bench.request(bench.tried());
  const auto made = begin_with(bench, found, bench.subject().update, "update", request);
  if (!made) return found;
  const FieldSet changed = bench.subject().changeable & bench.tried();
  const FieldSet cleared = (bench.subject().clearable & bench.tried()) - bench.minimal();
  if ((changed & texts).empty()) {
    found.fault("nothing of a customer can be changed");
    return found;
  }
  ChangedCustomer customer{bench, found, made->connector_customer_id.str(), request};
  for (const Field field : changed& texts) customer.change(field);
  if (changed.contains(Field::metadata)) customer.change_entry();
  for (const Field field : cleared& texts) customer.clear(field);
  if (cleared.contains(Field::metadata)) customer.clear_entry();

  CreateRequest sample = bench.sample();
  const auto change = [&](std::string_view id) {
    UpdateRequest changes{.connector_customer_id = std::string{id}};
    const Field field = *(changed & texts).begin();
    *text_of(changes, field) = *text_of(sample, field);
    return bench.update(changes);
  };
  bench.sandbox().clear();
  const auto unknown = change(made->connector_customer_id.view());
  if (unknown || unknown.error().code != Errc::not_found)
    found.fault("an unknown customer is not told as not_found: ",
                unknown ? "it is changed" : describe(unknown.error()));
  check_ids(bench, found, change);
  found.seen = "changed, the rest stays: " + list(changed & (texts | FieldSet{Field::metadata})) +
               "; cleared: " + list(cleared & (texts | FieldSet{Field::metadata}));
  return found;
}

inline Findings check_ensure(ConformanceBench& bench) {
  Findings found;
  bench.sandbox().clear();
  const auto request = bench.request({});
  const auto first = bench.ensure(request);
  const auto second = bench.ensure(request);
  const auto guarantee = bench.subject().guarantee;
  if (!first) {
    found.fault("the first gives ", describe(first.error()));
  } else if (!second) {
    found.fault("the second gives ", describe(second.error()));
  } else if (guarantee != EnsureGuarantee::only_reported) {
    if (second->connector_customer_id != first->connector_customer_id)
      found.fault("the second gives another customer");
    if (bench.sandbox().count() != 1) found.fault("there is more than one customer");
  }
  found.seen = to_string(guarantee);
  return found;
}

}  // namespace florin::testing::detail
