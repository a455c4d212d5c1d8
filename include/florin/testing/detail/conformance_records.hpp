// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/conformance_bench.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// The checks of conformance that are about reading customers back.
namespace florin::testing::detail {

/// Whether the record says in `field` what the request gave.
inline bool is_read_back(const ConformanceBench& bench, const Customer& customer,
                         CreateRequest& request, florin::Field field) {
  if (field == florin::Field::metadata) {
    for (const auto& [key, value] : request.metadata)
      if (customer.metadata(key) != std::string_view{value}) return false;
    return true;
  }
  const std::string_view text = *text_of(request, field);
  const auto holds = [&](const Customer::Part& part, std::string_view wanted) {
    return part && bench.holds(field, wanted, *part);
  };
  if (holds(customer.get(field), text)) return true;
  if (field == florin::Field::name) {
    const auto [given, family] = ConformanceBench::split(text);
    return holds(customer.given_name(), given) && holds(customer.family_name(), family);
  }
  // Two lines of an address may share the place of the first.
  if (field == florin::Field::address_line2) return holds(customer.address_line1(), text);
  // A reference may stand under a name that the credentials say.
  if (field == florin::Field::merchant_customer_id)
    for (std::size_t i = 0; i < customer.metadata_size(); ++i)
      if (customer.metadata(i).value == text) return true;
  return false;
}

/// Whether an operation refuses ids that could change its path.
template <class Operation>
void check_ids(ConformanceBench& bench, Findings& found, Operation operation) {
  const std::size_t before = bench.sandbox().requests().size();
  for (const std::string_view id :
       {"", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a b", "a;b"}) {
    const auto refused = operation(id);
    if (refused || refused.error().field || refused.error().param != "connector_customer_id")
      found.fault("the id ", id.empty() ? "that is empty" : id, " is not refused");
  }
  if (bench.sandbox().requests().size() != before)
    found.fault("an id that could change the path is sent");
}

/// Begins a check with a customer of its own in an empty sandbox.
/// \param offered what the check is about; empty: it is skipped.
/// \return the customer; nothing: the check is over.
template <class Operation>
std::optional<CreateResponse> begin_with(ConformanceBench& bench, Findings& found,
                                         const Operation& offered, std::string_view name,
                                         const CreateRequest& request) {
  if (!offered) {
    found.skipped = "the policy does not offer " + std::string{name};
    return std::nullopt;
  }
  bench.sandbox().clear();
  auto made = bench.create(request);
  if (made) return *std::move(made);
  found.fault("the customer is refused: ", describe(made.error()));
  return std::nullopt;
}

inline Findings check_retrieve(ConformanceBench& bench) {
  Findings found;
  CreateRequest request = bench.request(bench.tried());
  const auto made = begin_with(bench, found, bench.subject().retrieve, "retrieve", request);
  if (!made) return found;
  const auto read = bench.retrieve(made->connector_customer_id.view());
  if (!read) {
    found.fault("it gives ", describe(read.error()));
    return found;
  }
  if (read->connector_customer_id() != made->connector_customer_id.view())
    found.fault("the record has another id");
  if (read->status != CustomerStatus::active || read->status_code != 200)
    found.fault("status and status_code are not ACTIVE and 200");
  for (const florin::Field field : bench.tried())
    if (!is_read_back(bench, *read, request, field))
      found.fault(to_string(field), " is not read back");
  const auto bare = bench.create(bench.request({}));
  const auto least = bare ? bench.retrieve(bare->connector_customer_id.view()) : bare.error();
  if (!least) {
    found.fault("a customer with few fields gives ", describe(least.error()));
  } else {
    for (const florin::Field field : bench.tried() - bench.minimal())
      if (field != florin::Field::metadata && least->get(field) && !least->get(field)->empty())
        found.fault(to_string(field), " is read back although it was not given");
  }
  found.seen = "each field is read back: " + list(bench.tried());
  return found;
}

inline Findings check_retrieve_unknown(ConformanceBench& bench) {
  Findings found;
  const auto made =
      begin_with(bench, found, bench.subject().retrieve, "retrieve", bench.request({}));
  if (!made) return found;
  bench.sandbox().clear();
  const auto gone = bench.retrieve(made->connector_customer_id.view());
  if (gone || gone.error().code != Errc::not_found)
    found.fault("an unknown customer is not told as not_found: ",
                gone ? "it is read" : describe(gone.error()));
  check_ids(bench, found, [&bench](std::string_view id) { return bench.retrieve(id); });
  found.seen = "not_found; ids that could change the path are refused";
  return found;
}

inline Findings check_delete(ConformanceBench& bench) {
  Findings found;
  const auto made = begin_with(bench, found, bench.subject().remove, "delete", bench.request({}));
  if (!made) return found;
  const std::string_view id = made->connector_customer_id.view();
  const auto removed = bench.remove(id);
  if (!removed || removed->already_gone || removed->connector_customer_id != id)
    found.fault("a delete gives ", removed ? "something else" : describe(removed.error()));
  const auto again = bench.remove(id);
  if (!again && again.error().code != Errc::not_found)
    found.fault("a second delete gives ", describe(again.error()));
  if (bench.subject().retrieve) {
    const auto read = bench.retrieve(id);
    if (read ? read->status != CustomerStatus::deleted : read.error().code != Errc::not_found)
      found.fault("a deleted customer is read back as ", read ? "active" : describe(read.error()));
  }
  const auto other = bench.create(bench.request({}));
  bench.sandbox().clear();
  const auto unknown = other ? bench.remove(other->connector_customer_id.view()) : other.error();
  if (unknown || unknown.error().code != Errc::not_found)
    found.fault("an unknown customer is not told as not_found: ",
                unknown ? "it is deleted" : describe(unknown.error()));
  check_ids(bench, found, [&bench](std::string_view each) { return bench.remove(each); });
  found.seen = again && again->already_gone
                   ? "deleted; gone is told from never there; other ids are refused"
               : again ? "deleted, and again; other ids are refused"
                       : "deleted; gone is not told from never there; other ids are refused";
  return found;
}

/// Whether a find brings back the customer with this id alone.
inline void check_found(ConformanceBench& bench, Findings& found, const FindRequest& filter,
                        std::string_view id, std::string_view what) {
  const auto customers = bench.find(filter);
  if (!customers) return found.fault("finding by ", what, " gives ", describe(customers.error()));
  if (id.empty() ? !customers->empty()
                 : customers->size() != 1 || customers->front().connector_customer_id() != id)
    found.fault("finding by ", what, " does not bring back ",
                id.empty() ? "nobody" : "the customer");
}

inline Findings check_find(ConformanceBench& bench) {
  Findings found;
  CreateRequest first = bench.request(bench.minimal() | FieldSet{florin::Field::email});
  CreateRequest second = bench.request(bench.minimal() | FieldSet{florin::Field::email});
  second.email.insert(0, "other.");
  const auto one = begin_with(bench, found, bench.subject().find, "find", first);
  if (!one) return found;
  if (const auto two = bench.create(second); !two) {
    found.fault("the customer is refused: ", describe(two.error()));
    return found;
  }
  const std::string_view id = one->connector_customer_id.view();
  if (bench.subject().finds_email) {
    check_found(bench, found, {.email = first.email}, id, "email");
    check_found(bench, found, {.email = "nobody." + first.email}, {}, "an unknown email");
  }
  if (bench.subject().finds_reference) {
    check_found(bench, found, {.merchant_customer_id = first.merchant_customer_id}, id,
                "reference");
    check_found(bench, found, {.merchant_customer_id = "nobody"}, {}, "an unknown reference");
  }
  if (bench.subject().remove && bench.remove(id)) {
    if (bench.subject().finds_email)
      check_found(bench, found, {.email = first.email}, {}, "a deleted one's email");
    if (bench.subject().finds_reference)
      check_found(bench, found, {.merchant_customer_id = first.merchant_customer_id}, {},
                  "a deleted one's reference");
  }
  found.seen = bench.subject().finds_email && bench.subject().finds_reference
                   ? "by email and by reference"
               : bench.subject().finds_email ? "by email"
                                             : "by reference";
  return found;
}

}  // namespace florin::testing::detail
