// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/find_index.hpp>
#include <florin/customer/operation.hpp>
#include <florin/customer/record.hpp>
#include <florin/detail/config.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace florin {

namespace wire {
class ReplyReader;
}  // namespace wire

/// Which customers are found: exactly one of the two filters. A view: it is read before the call
/// that it is given to returns.
struct FindRequest {
  std::string_view email{};                 ///< all customers with this email
  std::string_view merchant_customer_id{};  ///< all customers with this reference of your own
  std::string_view page{};                  ///< what `CustomerPage::next` said; empty: the first
  /// What `CustomerPage::first` said of the page before; not sent. Where a processor counts pages,
  /// a page that begins with the same customer again ends the walk: it knows no further page.
  std::string_view before{};

  /// No unified fields are sent.
  [[nodiscard]] static constexpr FieldSet given() noexcept { return {}; }

  /// Calls `visit` with each text.
  template <class Visitor>
  constexpr void each(Visitor&& visit) {
    visit(email);
    visit(merchant_customer_id);
    visit(page);
    visit(before);
  }
};

/// A page of customers, of those alone that match the filter exactly and are not deleted.
///
/// Use one object again and again: its memory is kept.
///
/// Thread safety: as `std::vector`.
class CustomerPage {
 public:
  /// How many customers it has.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether it has none; there may be a next page all the same.
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// \param number below `size()`.
  [[nodiscard]] const Customer& operator[](std::size_t number) const noexcept {
    return customers_[number];
  }
  /// \copydoc operator[](std::size_t) const
  [[nodiscard]] Customer& operator[](std::size_t number) noexcept { return customers_[number]; }
  /// At the first customer.
  [[nodiscard]] const Customer* begin() const noexcept { return customers_.data(); }
  /// Behind the last customer.
  [[nodiscard]] const Customer* end() const noexcept { return customers_.data() + size_; }
  /// For `FindRequest::page`; empty: this is the last page. A page without a match may have a next.
  [[nodiscard]] std::string_view next() const noexcept { return next_; }
  /// For `FindRequest::before`: the id of the first customer that the processor listed, be it a
  /// match or not; empty: it listed none.
  [[nodiscard]] std::string_view first() const noexcept { return first_; }

  FindIndex index{};      ///< what may be missing
  int status_code = 200;  ///< unified: 200
  int http_status = 0;    ///< the processor's own; 404 where it says so that there is none
  Text request_id{};      ///< the processor's id of the request, for its support
  int attempts = 0;       ///< requests begun
  Timings timings{};      ///< time by phase, all attempts

  /// Leaves out all but the first `most`.
  void truncate(std::size_t most) noexcept { size_ = size_ < most ? size_ : most; }

  /// Takes over what was read; only for the library itself. Errors: `std::bad_alloc`.
  /// \return what is wrong with the answer; empty: nothing.
  [[nodiscard]] FLORIN_DECL std::string_view assign(const wire::ReplyReader& reader,
                                                    const FindRequest& request);
  /// An answer that says that there is none; likewise.
  FLORIN_DECL void assign_none(const wire::ReplyReader& reader);

 private:
  std::vector<Customer> customers_;  // of which `size_` count; the others keep their memory
  std::size_t size_ = 0;
  std::string next_;
  std::string first_;
};

/// The operation `find`, for `offers<P, Find>`: whether there is any filter. See `FindByEmail` and
/// `FindByReference`.
struct Find {
  template <class Policy>
  using Declaration = typename Policy::Find;
};

namespace detail {

/// Longest filter of a find, in characters.
inline constexpr std::size_t max_filter = 1024;
/// Longest page, in bytes, which is ASCII: a query that repeats such a filter has room beside it.
inline constexpr std::size_t max_page = 2048;

/// Whether `page` can be sent: visible ASCII, or nothing.
constexpr bool is_page(std::string_view page) noexcept {
  for (const char c : page)
    if (c <= 0x20 || c >= 0x7f) return false;
  return page.size() <= max_page;
}

/// Whether `page` can stand behind the `?` of a target as it is: what RFC 3986 lets stand in a
/// query, and brackets, which many write there. Nothing that ends the target, or the query.
constexpr bool is_query(std::string_view page) noexcept {
  constexpr std::string_view marks = "-._~!$&'()*+,;=:@/?[]";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_hex = [is_digit](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  for (std::size_t i = 0; i < page.size(); ++i) {
    const char c = page[i];
    if (c == '%') {
      if (page.size() - i < 3 || !is_hex(page[i + 1]) || !is_hex(page[i + 2])) return false;
      i += 2;
    } else if (!is_digit(c) && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
               marks.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return page.size() <= max_page;
}

/// What all finds have in common.
struct FindAny {
  using Request = FindRequest;
  using Response = CustomerPage;
  using Kept = FindRequest;  // what comes back is compared with it
  static constexpr std::string_view name = "find";
  static constexpr Reads reads = Reads::page;
  static constexpr bool changes = false;
  static constexpr bool repeatable = true;

  [[nodiscard]] static constexpr Kept keep(const Request& request) noexcept { return request; }
};

}  // namespace detail

/// The operation `find` by the customer's email. It changes nothing, so a failed attempt is
/// repeated wherever the cause may pass. Only exact matches come back, whatever the processor
/// compares.
struct FindByEmail : detail::FindAny {
  template <class Policy>
  using Declaration = typename Policy::Find::ByEmail;
  static constexpr Field filter = Field::email;  ///< what is compared
};

/// The operation `find` by your own reference.
/// \copydetails FindByEmail
struct FindByReference : detail::FindAny {
  template <class Policy>
  using Declaration = typename Policy::Find::ByReference;
  static constexpr Field filter = Field::merchant_customer_id;  ///< what is compared
};

/// A filter that the compiler knows: `by_email`.
struct EmailFilter {
  using Operation = FindByEmail;  ///< the find
  std::string_view email;         ///< not empty
  /// Of the first page.
  [[nodiscard]] constexpr FindRequest request() const noexcept { return {.email = email}; }
};
/// A filter that the compiler knows: `by_reference`.
struct ReferenceFilter {
  using Operation = FindByReference;      ///< the find
  std::string_view merchant_customer_id;  ///< not empty
  /// Of the first page.
  [[nodiscard]] constexpr FindRequest request() const noexcept {
    return {.merchant_customer_id = merchant_customer_id};
  }
};

/// Customers with this email: `client.find(by_email("ana@example.com"))`.
/// \param email not empty; compared byte by byte, where the policy does not say otherwise.
[[nodiscard]] constexpr EmailFilter by_email(std::string_view email) noexcept {
  return {email};
}
/// Customers with this reference of your own.
/// \param merchant_customer_id not empty; compared byte by byte.
[[nodiscard]] constexpr ReferenceFilter by_reference(
    std::string_view merchant_customer_id) noexcept {
  return {merchant_customer_id};
}

}  // namespace florin
