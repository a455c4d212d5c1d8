// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace florin::detail {

/// What an asynchronous operation ends in: a completion handler of any type, which is called once
/// or dropped, and the executor that it is called on. A handler of usual size is kept in this
/// object.
/// \tparam Outcome what the operation has in the end.
template <class Outcome>
class Completion {
 public:
  Completion() noexcept = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;
  ~Completion() { clear(); }

  /// \tparam Taking makes of the outcome what the handler is told: `Taking{}(outcome)`.
  /// \param own the executor of the client's asynchronous operations. Errors: what the handler's
  /// allocator throws; nothing has happened then, and the handler is as before.
  template <class Taking, class Handler>
  void emplace(Handler& handler, const boost::asio::any_io_executor& own) {
    clear();
    auto executor = boost::asio::get_associated_executor(handler, own);
    constexpr bool erasable = std::convertible_to<decltype(executor), boost::asio::any_io_executor>;
    if constexpr (erasable) {
      executor_ = executor;
    } else {
      executor_ = own;
    }
    if constexpr (sizeof(Kept<Taking, Handler>) <= size &&
                  alignof(Kept<Taking, Handler>) <= alignof(std::max_align_t)) {
      kept_ = ::new (static_cast<void*>(memory_)) Kept<Taking, Handler>{handler, executor};
    } else {
      using Allocator = typename Kept<Taking, Handler>::Allocator;
      Allocator allocator{boost::asio::get_associated_allocator(handler)};
      auto* const place = std::allocator_traits<Allocator>::allocate(allocator, 1);
      try {
        kept_ = ::new (static_cast<void*>(place)) Kept<Taking, Handler>{handler, executor};
      } catch (...) {
        std::allocator_traits<Allocator>::deallocate(allocator, place, 1);
        throw;
      }
    }
    has_own_ = erasable && executor_ != own;
    hands_over_ = !erasable;
  }
  /// Whether the handler brought an executor that the call is continued on.
  [[nodiscard]] bool has_own_executor() const noexcept { return has_own_; }
  /// Whether it brought one that can only execute: the handler is handed over to it in the end.
  [[nodiscard]] bool hands_over() const noexcept { return hands_over_; }
  /// Where the call is continued.
  [[nodiscard]] const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

  /// Calls the handler with what came of the operation, which may own this object.
  void complete(Outcome outcome) {
    executor_ = {};
    std::exchange(kept_, nullptr)->complete(std::move(outcome));
  }
  /// Drops the handler.
  void clear() noexcept {
    if (kept_ != nullptr) std::exchange(kept_, nullptr)->drop();
    executor_ = {};
  }

 private:
  static constexpr std::size_t size = 512;

  class Any {
   public:
    virtual void complete(Outcome outcome) = 0;
    virtual void drop() noexcept = 0;

   protected:
    ~Any() = default;
  };

  template <class Taking, class Handler>
  class Kept final : public Any {
   public:
    using Executor = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;
    using Allocator = typename std::allocator_traits<
        boost::asio::associated_allocator_t<Handler>>::template rebind_alloc<Kept>;

    Kept(Handler& handler, const Executor& executor)
        : handler_(std::move(handler)),
          work_(boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked)) {}

    void complete(Outcome outcome) override {
      Handler handler{std::move(handler_)};
      if constexpr (std::convertible_to<Executor, boost::asio::any_io_executor>) {
        drop();
        auto answer = Taking{}(std::move(outcome));
        std::move(handler)(std::move(answer));
      } else {
        const Work executor{work_};
        drop();
        auto answer = Taking{}(std::move(outcome));
        executor.execute([handler = std::move(handler), answer = std::move(answer)]() mutable {
          std::move(handler)(std::move(answer));
        });
      }
    }
    void drop() noexcept override {
      if constexpr (sizeof(Kept) <= size && alignof(Kept) <= alignof(std::max_align_t)) {
        std::destroy_at(this);
      } else {
        Allocator allocator{boost::asio::get_associated_allocator(handler_)};
        std::destroy_at(this);
        std::allocator_traits<Allocator>::deallocate(allocator, this, 1);
      }
    }

   private:
    using Work = std::decay_t<decltype(boost::asio::prefer(
        std::declval<const Executor&>(), boost::asio::execution::outstanding_work.tracked))>;

    Handler handler_;
    Work work_;
  };

  alignas(std::max_align_t) std::byte memory_[size];
  Any* kept_ = nullptr;
  boost::asio::any_io_executor executor_;
  bool has_own_ = false;
  bool hands_over_ = false;
};

}  // namespace florin::detail
