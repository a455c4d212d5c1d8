// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/decode.hpp>

#include <optional>
#include <utility>

namespace florin::detail {

FLORIN_DECL Error without_customer(Error error) {
  error.outcome = Outcome::not_created;
  if (error.code == Errc::invalid_data || error.code == Errc::customer_exists ||
      error.code == Errc::idempotency_conflict || error.code == Errc::not_found) {
    error.code = Errc::rejected;
    error.status_code = unified_status(error.code, error.http_status);
  }
  return error;
}

FLORIN_DECL std::optional<Error> take_record(const wire::ReplyReader& reader, const KeptId& kept,
                                             Customer& customer) {
  auto failed = reader.failure();
  if (!failed) failed = reader.other_customer(kept.connector_customer_id);
  if (failed) {
    failed->outcome = Outcome::not_created;
    return failed;
  }
  customer.assign(reader.id(), reader.record().whole(), reader.facts());
  customer.http_status = reader.http_status();
  customer.request_id.assign(reader.request_id());
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
  if (failed) failed->outcome = Outcome::not_created;
  return failed;
}

FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, const KeptId& kept,
                                       bool& already_gone) {
  already_gone = reader.says_gone();
  if (already_gone) return std::nullopt;
  auto failed = reader.failure();
  return failed ? failed : reader.other_customer(kept.connector_customer_id);
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
  if (!failed) {
    found = {reader.id(), reader.replayed() ? Origin::replayed : Origin::created};
    return reader.stranger(kept.merchant_customer_id, kept.email);
  }
  if (on_exists != OnExists::use_existing || failed->code != Errc::customer_exists ||
      failed->existing_customer_id.empty())
    return failed;
  found = {reader.existing_id(), Origin::already_existed};
  return std::nullopt;
}

}  // namespace florin::detail
