// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace florin::detail {

FLORIN_DECL Error without_customer(Error error) {
  error.outcome = Outcome::no_effect;
  if (error.code == Errc::invalid_data || error.code == Errc::customer_exists ||
      error.code == Errc::idempotency_conflict || error.code == Errc::not_found) {
    error.code = Errc::rejected;
    error.status_code = unified_status(error.code, error.http_status);
  }
  return error;
}

/// Reads a record.
/// \return why there is none of this customer.
inline std::optional<Error> read_record(const wire::ReplyReader& reader, std::string_view id,
                                        Customer& customer) {
  auto failed = reader.failure();
  if (!failed) failed = reader.other_customer(id);
  if (failed) return failed;
  customer.assign(reader.id().empty() ? id : reader.id(), reader.record().whole(), reader.facts());
  customer.http_status = reader.http_status();
  customer.request_id.assign(reader.request_id());
  return failed;
}

FLORIN_DECL std::optional<Error> take_record(const wire::ReplyReader& reader, const KeptId& kept,
                                             Customer& customer) {
  auto failed = read_record(reader, kept.connector_customer_id, customer);
  if (failed) failed->outcome = Outcome::no_effect;
  return failed;
}

FLORIN_DECL std::optional<Error> take_page(const wire::ReplyReader& reader, const FindRequest& kept,
                                           CustomerPage& page) {
  auto failed = reader.failure();
  if (failed && failed->code == Errc::not_found && failed->from_processor) {
    page.assign_none(reader);
    return std::nullopt;
  }
  if (!failed)
    if (const auto reason = page.assign(reader, kept); !reason.empty())
      failed = reader.unreadable(reason);
  if (failed) failed->outcome = Outcome::no_effect;
  return failed;
}

/// What was to be removed and is still there.
inline FieldSet left_of(const Customer& customer, const Update::Kept& kept, FieldSet clearable) {
  const auto is_left = [](Customer::Part part) { return !part.value_or("").empty(); };
  FieldSet left;
  for (const Field field : kept.cleared& clearable)
    if (is_left(customer.get(field))) left.insert(field);
  bool entries = kept.cleared.contains(Field::metadata) && customer.metadata_size() != 0;
  for (std::size_t i = 0; i < kept.metadata_cleared.size(); ++i)
    entries = entries || is_left(customer.metadata(kept.metadata_cleared[i]));
  if (entries && clearable.contains(Field::metadata)) left.insert(Field::metadata);
  return left;
}

FLORIN_DECL std::optional<Error> take_record(const wire::ReplyReader& reader,
                                             const Update::Kept& kept, Customer& customer) {
  auto failed = read_record(reader, kept.connector_customer_id, customer);
  if (failed) {
    // That a customer exists is why nothing was changed.
    if (failed->code == Errc::customer_exists) failed->outcome = Outcome::no_effect;
    return failed;
  }
  const FieldSet left = left_of(customer, kept, reader.facts().clearable);
  if (left.empty()) return failed;
  Error& error = failed.emplace();
  error.code = Errc::rejected;
  error.outcome = Outcome::in_effect;
  error.http_status = reader.http_status();
  error.status_code = unified_status(error.code, error.http_status);
  error.connector = reader.facts().connector;
  error.request_id = customer.request_id;
  error.field = *left.begin();
  error.param.assign(to_string(*error.field));
  error.reason = "was not removed by the processor";
  return failed;
}

FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, const KeptId& kept,
                                       bool& already_gone) {
  already_gone = reader.says_gone();
  if (already_gone) return std::nullopt;
  auto failed = reader.failure();
  if (!failed) return reader.other_customer(kept.connector_customer_id);
  // That a customer exists is not what was asked for.
  if (failed->code == Errc::customer_exists) failed->outcome = Outcome::no_effect;
  return failed;
}

FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, Found& found) {
  auto failed = reader.failure();
  if (failed) failed = without_customer(*std::move(failed));
  found.id = reader.id();
  return failed;
}

FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, const Create::Kept& kept,
                                       OnExists on_exists, Found& found) {
  auto failed = reader.failure();
  if (!failed) [[likely]] {
    found = {reader.id(), reader.replayed() ? Origin::replayed : Origin::created};
    return reader.stranger(kept.merchant_customer_id, kept.email);
  }
  if (failed->code != Errc::customer_exists) return failed;
  if (const auto is_duplicate = reader.facts().failure.is_duplicate;
      is_duplicate != nullptr &&
      !is_duplicate(kept.merchant_customer_id, failed->connector_message)) {
    failed->code = Errc::invalid_data;
    failed->outcome = Outcome::no_effect;
    failed->status_code = unified_status(failed->code, failed->http_status);
    failed->existing_customer_id = {};
    return failed;
  }
  std::string_view id = reader.existing_id();
  if (id.empty() && reader.facts().failure.existing_id_is_reference &&
      reader.is_identifier(kept.merchant_customer_id))
    id = kept.merchant_customer_id;
  failed->existing_customer_id.assign(id);
  if (on_exists != OnExists::use_existing || id.empty()) return failed;
  found = {id, Origin::already_existed};
  return std::nullopt;
}

}  // namespace florin::detail
