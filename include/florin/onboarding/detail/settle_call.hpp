// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/completion.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/start_call.hpp>
#include <florin/onboarding/detail/onboarding_call.hpp>
#include <florin/onboarding/detail/settling.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/settled.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

/// An asynchronous `settle`: several rows at a time. It lives as long as a row is under way.
template <class Client>
class SettleCall : public std::enable_shared_from_this<SettleCall<Client>> {
 public:
  using Answer = Result<Settled>;
  using Call = OnboardingCall<Client>;

  /// Errors: `std::bad_alloc`.
  SettleCall(const Client& client, const Directory& directory, const SettleOptions<Client>& options)
      : client_(client),
        directory_(directory),
        options_(options.call),
        at_once_(std::max<std::size_t>(options.at_once, 1)),
        listed_(options.listed),
        on_row_(options.on_row),
        fault_(fault_of_account(client_.ensure_facts().connector, options.account)),
        settling_(client_.ensure_facts(), options.account,
                  limit_of(*florin::detail::CoreAccess::of(client_), options.call)) {}
  SettleCall(const SettleCall&) = delete;
  SettleCall& operator=(const SettleCall&) = delete;

  [[nodiscard]] florin::detail::Completion<Answer>& end() noexcept { return end_; }

  /// Begins; the end has its handler. Errors: `std::bad_alloc`, and nothing has begun.
  void begin() {
    if (fault_) return complete(*std::move(fault_));
    lanes_ = 1;
    next();
  }
  /// Ends it with what was done until then; rows under way are given back.
  ///
  /// Thread safety: on any thread.
  void cancel() noexcept {
    while (const auto call = next_to_cancel()) call->cancel();
  }

 private:
  /// What follows when a row is done.
  struct Done {
    using executor_type = boost::asio::any_io_executor;
    std::shared_ptr<SettleCall> all;
    std::shared_ptr<Call> call;
    Row row;

    [[nodiscard]] executor_type get_executor() const noexcept { return all->end_.executor(); }
    void operator()(const Result<Onboarded>& answer) const { all->done(call, row, answer); }
  };

  [[nodiscard]] std::shared_ptr<Call> next_to_cancel() noexcept {
    const std::lock_guard lock{mutex_};
    cancelled_ = true;
    const auto found = std::find_if(calls_.begin(), calls_.end(),
                                    [](const auto& call) { return !call->cancelled(); });
    return found == calls_.end() ? nullptr : *found;
  }
  /// Goes on with the next row.
  void next() {
    settling_.next(directory_.core(), [self = this->shared_from_this()](Result<Taken> taken) {
      self->took(std::move(taken));
    });
  }
  void took(Result<Taken> taken) noexcept {
    try {
      if (!taken || !taken->claimed) {
        {
          const std::lock_guard lock{mutex_};
          if (!taken && !failure_) failure_.emplace(std::move(taken).error());
          exhausted_ = true;
        }
        return leave();
      }
      // There is one more, so perhaps there are others beside it.
      bool another = false;
      {
        const std::lock_guard lock{mutex_};
        another = !exhausted_ && !cancelled_ && lanes_ < at_once_;
        if (another) ++lanes_;
      }
      if (another) next();
      Claimed claimed = *std::move(taken->claimed);
      const Row row = claimed.row;
      const auto call =
          std::make_shared<Call>(client_, directory_, std::move(taken->worker), std::move(claimed),
                                 ends_after(settling_.limit()), options_.view());
      Done handler{this->shared_from_this(), call, row};
      call->end().template emplace<florin::detail::TakeAsItIs>(handler, end_.executor());
      bool cancelled = false;
      {
        const std::lock_guard lock{mutex_};
        calls_.insert(call);
        cancelled = cancelled_;
      }
      if (cancelled) call->cancel();
      call->begin();
    } catch (const std::bad_alloc&) {
      give_up();
    }
  }
  void done(const std::shared_ptr<Call>& call, const Row& row, const Result<Onboarded>& answer) {
    bool more = false;
    {
      const std::lock_guard lock{mutex_};
      calls_.erase(call);
      settling_.count(answer);
      if (on_row_) on_row_(row, answer);
      more = !exhausted_ && !cancelled_;
    }
    if (!more) return leave();
    try {
      next();
    } catch (const std::bad_alloc&) {
      give_up();
    }
  }
  void give_up() noexcept {
    {
      const std::lock_guard lock{mutex_};
      exhausted_ = true;
      if (!failure_)
        failure_.emplace(
            florin::detail::no_memory_for(*florin::detail::CoreAccess::of(client_), true));
    }
    leave();
  }
  /// One lane is over.
  void leave() noexcept {
    {
      const std::lock_guard lock{mutex_};
      if (--lanes_ != 0) return;
    }
    if (failure_) return complete(*std::move(failure_));
    try {
      settling_.list(directory_.core(), listed_,
                     [self = this->shared_from_this()](Result<std::vector<Row>> rows) {
                       if (!rows) return self->complete(std::move(rows).error());
                       self->settling_.settled().unsettled = *std::move(rows);
                       self->complete(std::move(self->settling_.settled()));
                     });
    } catch (const std::bad_alloc&) {
      complete(florin::detail::no_memory_for(*florin::detail::CoreAccess::of(client_), true));
    }
  }
  void complete(Answer answer) {
    complete_later(this->shared_from_this(), end_, std::move(answer));
  }

  Client client_;
  Directory directory_;
  KeptOptions<typename Client::CallOptionsType> options_;
  std::size_t at_once_;
  std::size_t listed_;
  std::function<void(const Row&, const Result<Onboarded>&)> on_row_;
  std::optional<Error> fault_;
  Settling settling_;
  florin::detail::Completion<Answer> end_{};
  std::mutex mutex_{};
  std::set<std::shared_ptr<Call>> calls_{};
  std::optional<Error> failure_{};
  std::size_t lanes_ = 0;
  bool exhausted_ = false;
  bool cancelled_ = false;
};

}  // namespace florin::onboarding::detail
