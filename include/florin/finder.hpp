// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/least.hpp>
#include <florin/error.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace florin {

/// Customers that a client finds, page by page as they are asked for. What `Client::find` returns.
///
/// \code
/// for (auto& customer : client.find(by_email("ana@example.com"))) {
///   if (!customer) return customer.error();  // the last one then
///   use(customer->connector_customer_id());
/// }
/// \endcode
/// \tparam Client a `Client` or an `AnyClient`.
/// \tparam Operation the find.
///
/// Thread safety: one thread at a time; the client itself may be used meanwhile.
template <class Client, class Operation>
class Finder {
 public:
  /// what each call for a page may do differently
  using Options = typename Client::CallOptionsType;

  /// \param client is copied; the copies share one pool.
  /// \param request the filter, and the page to begin with.
  /// \param options of each call for a page; what they view has to outlive this.
  /// \param limit most customers that come back. Errors: `std::bad_alloc`.
  Finder(Client client, const FindRequest& request, const Options& options, std::size_t limit)
      : client_(std::move(client)),
        email_(request.email),
        merchant_customer_id_(request.merchant_customer_id),
        next_(request.page),
        first_(request.before),
        options_(options),
        left_(limit) {}

  /// Whether there may be a further page.
  [[nodiscard]] bool has_next() const noexcept { return !ended_ && left_ != 0; }

  /// The next page, blocking. One without a customer may have a next one.
  /// \return the page, whose customers beyond the limit are left out; or the error of the call,
  /// after which the same page may be asked for again. Only where `has_next`.
  [[nodiscard]] Result<CustomerPage> next() {
    return take(client_.template perform<Operation>(request(), options_));
  }
  /// The asynchronous `next`, for any completion token of signature `void(Result<CustomerPage>)`.
  /// The finder has to live until its completion, and `advance` is given what came.
  template <class Token>
  auto async_next(Token&& token) {
    return client_.template async_perform<Operation>(request(), options_,
                                                     std::forward<Token>(token));
  }
  /// Goes on behind a page that `async_next` answered, of which customers beyond the limit are left
  /// out. A list that leads back to a page that was there ends.
  void advance(CustomerPage& page) {
    page.truncate(left_);
    left_ -= detail::least(left_, page.size());
    next_.assign(page.next());
    first_.assign(page.first());
    ended_ = next_.empty() || leads_back();
  }

  /// Goes through the customers, reading page after page.
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Result<Customer>;
    using difference_type = std::ptrdiff_t;
    using pointer = value_type*;
    using reference = value_type&;

    iterator() noexcept = default;
    /// At the first customer: reads its page, blocking.
    explicit iterator(Finder& finder) : finder_(&finder) { ++*this; }
    /// A customer, or the error that ends the range.
    reference operator*() const noexcept { return *finder_->current_; }
    /// What `*` gives.
    pointer operator->() const noexcept { return &*finder_->current_; }
    /// Goes on to the next customer; reads a page where that takes one, blocking.
    iterator& operator++() {
      if (!finder_->step()) finder_ = nullptr;
      return *this;
    }
    /// The same.
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) noexcept {
      return a.finder_ == b.finder_;
    }

   private:
    Finder* finder_ = nullptr;
  };

  /// Reads the first page, blocking. Once only.
  [[nodiscard]] iterator begin() { return iterator{*this}; }
  /// Behind the last customer.
  [[nodiscard]] iterator end() const noexcept { return {}; }

 private:
  [[nodiscard]] FindRequest request() const noexcept {
    return {.email = email_,
            .merchant_customer_id = merchant_customer_id_,
            .page = next_,
            .before = first_};
  }
  /// Whether the next page is the one that is remembered: Brent's way to find a circle. Which one
  /// that is changes ever more seldom, so that a circle of any length is found.
  bool leads_back() {
    if (next_ == remembered_) return true;
    if (++pages_ == remembers_at_) {
      remembered_ = next_;
      remembers_at_ *= 2;
    }
    return false;
  }
  Result<CustomerPage> take(Result<CustomerPage> answer) {
    if (answer) advance(*answer);
    return answer;
  }
  /// \return whether there is a further result, in `current_`.
  bool step() {
    while (place_ == page_.size()) {
      if (failed_ || !has_next()) return false;
      auto answer = next();
      if (!answer) {
        failed_ = true;
        current_.emplace(std::move(answer).error());
        return true;
      }
      page_ = *std::move(answer);
      place_ = 0;
    }
    current_.emplace(std::move(page_[place_++]));
    return true;
  }

  Client client_;
  std::string email_;
  std::string merchant_customer_id_;
  std::string next_;
  std::string first_;
  std::string remembered_{};
  std::size_t pages_ = 0;
  std::size_t remembers_at_ = 1;
  Options options_;
  std::size_t left_;
  bool ended_ = false;
  CustomerPage page_;
  std::size_t place_ = 0;
  bool failed_ = false;
  std::optional<Result<Customer>> current_;
};

/// No limit for the customers that a find brings back.
inline constexpr std::size_t all_customers = std::numeric_limits<std::size_t>::max();

}  // namespace florin
