// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/customer.hpp>
#include <florin/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// All that a result says, as one text, so that two can be compared.
namespace florin_fuzz {

/// Appends the parts of a result, each behind its length.
class Told {
 public:
  Told& operator<<(std::string_view part) {
    text_.append(std::to_string(part.size())).append(1, ':').append(part).append(1, ' ');
    return *this;
  }
  template <class Number>
  requires requires(Number number) { static_cast<long long>(number); }
  Told& operator<<(Number number) {
    text_.append(std::to_string(static_cast<long long>(number))).append(1, ' ');
    return *this;
  }
  template <class T>
  Told& operator<<(const std::optional<T>& part) {
    return part ? *this << *part : *this << "-";
  }
  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

inline Told& operator<<(Told& told, const florin::Error& error) {
  told << to_string(error.code) << to_string(error.outcome) << error.status_code
       << error.http_status << error.connector << error.reason << error.connector_code
       << error.connector_type << error.connector_message << error.param
       << error.existing_customer_id.view() << error.request_id.view() << error.transient
       << error.from_processor;
  if (error.field) told << to_string(*error.field);
  if (error.retry_after) told << error.retry_after->count();
  return told;
}
inline Told& operator<<(Told& told, const florin::CreateResponse& made) {
  return told << made.merchant_customer_id.view() << made.connector_customer_id.view()
              << made.status << made.status_code << made.http_status << made.origin
              << made.request_id.view();
}
inline Told& operator<<(Told& told, const florin::DeleteResponse& removed) {
  return told << removed.connector_customer_id.view() << removed.status << removed.already_gone
              << removed.status_code << removed.http_status << removed.request_id.view();
}
inline Told& operator<<(Told& told, const florin::AccessToken& fetched) {
  told << fetched.token.reveal() << fetched.http_status << fetched.request_id.view();
  if (fetched.lifetime) told << fetched.lifetime->count();
  if (fetched.expires_at) told << fetched.expires_at->time_since_epoch().count();
  return told;
}
inline Told& operator<<(Told& told, const florin::Customer& customer) {
  told << customer.connector_customer_id() << customer.status << customer.status_code
       << customer.http_status << customer.request_id.view();
  for (const florin::Field field : florin::FieldSet::all()) told << customer.get(field);
  for (std::size_t i = 0; i < customer.metadata_size(); ++i)
    told << customer.metadata(i).key << customer.metadata(i).value;
  if (customer.created()) told << customer.created()->time_since_epoch().count();
  return told;
}
inline Told& operator<<(Told& told, const florin::CustomerPage& page) {
  told << page.size() << page.next() << page.status_code << page.http_status
       << page.request_id.view();
  for (const florin::Customer& customer : page) told << customer;
  return told;
}

template <class T>
std::string told(const florin::Result<T>& result) {
  Told told;
  if (result) {
    told << *result;
  } else {
    told << result.error();
  }
  return std::move(told).take();
}

}  // namespace florin_fuzz
