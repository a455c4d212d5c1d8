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
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

/// An asynchronous `settle`: several rows at a time. It lives as long as a row is under way, or its
/// handler is.
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
        fault_(fault_of_options(client_.ensure_facts().connector, options)),
        settling_(client_.ensure_facts(), options.account,
                  limit_of(*florin::detail::CoreAccess::of(client_), options.call)) {}
  SettleCall(const SettleCall&) = delete;
  SettleCall& operator=(const SettleCall&) = delete;

  [[nodiscard]] florin::detail::Completion<Answer>& end() noexcept { return end_; }

  /// Begins; the end has its handler. Errors: `std::bad_alloc`, and nothing has begun.
  void begin() {
    if (fault_) return complete(*std::move(fault_));
    next();
  }
  /// Ends it with what was done until then; rows under way are given back.
  ///
  /// Thread safety: on any thread.
  void cancel() noexcept {
    while (const auto call = next_to_cancel()) call->cancel();
    end_if_over();
  }

 private:
  /// What follows when a row is done.
  struct Done {
    using executor_type = boost::asio::any_io_executor;
    std::shared_ptr<SettleCall> all;
    std::weak_ptr<Call> call;  // which has this
    Row row;

    [[nodiscard]] executor_type get_executor() const noexcept { return all->end_.executor(); }
    void operator()(const Result<Onboarded>& answer) const { all->done(call, row, answer); }
  };

  [[nodiscard]] std::shared_ptr<Call> next_to_cancel() noexcept {
    const std::lock_guard lock{mutex_};
    cancelled_ = true;
    for (auto& [call, cancelled] : calls_)
      if (!std::exchange(cancelled, true))
        if (auto pending = call.lock()) return pending;
    return nullptr;
  }
  /// Has a lane go on with the next row. Errors: `std::bad_alloc`, and it does not.
  void next() {
    settling_.next(directory_.core(), [self = this->shared_from_this()](Result<Taken> taken) {
      self->took(std::move(taken));
    });
    asked();
  }
  void took(Result<Taken> taken) noexcept {
    const bool found = taken && taken->claimed;
    bool cancelled = false;
    {
      const std::lock_guard lock{mutex_};
      ++answered_;
      cancelled = cancelled_;
      if (!found) exhausted_ = true;
      if (!taken && !failure_) failure_.emplace(std::move(taken).error());
    }
    if (!found) return leave();
    if (cancelled) {
      taken->hand_back(directory_.core());
      return leave();
    }
    try {
      open_lane();
      ask_for(*taken);
    } catch (const std::bad_alloc&) {
      taken->hand_back(directory_.core());
      give_up();
    }
  }
  /// There was a row, so perhaps there are others: opens one more lane, if there may be one.
  void open_lane() {
    {
      const std::lock_guard lock{mutex_};
      if (exhausted_ || cancelled_ || lanes_ >= at_once_) return;
      ++lanes_;
    }
    try {
      next();
    } catch (const std::bad_alloc&) {
      const std::lock_guard lock{mutex_};
      --lanes_;
      throw;
    }
  }
  /// Errors: `std::bad_alloc`, and nothing has begun.
  void ask_for(const Taken& taken) {
    const auto call = std::make_shared<Call>(client_, directory_, taken.worker, *taken.claimed,
                                             taken.deadline, options_.view());
    Done handler{this->shared_from_this(), call, taken.claimed->row};
    call->end().template emplace<florin::detail::TakeAsItIs>(handler, end_.executor());
    bool cancelled = false;
    {
      const std::lock_guard lock{mutex_};
      cancelled = cancelled_;
      calls_.emplace(call, cancelled);
    }
    if (cancelled) call->cancel();
    call->begin();
  }
  void done(const std::weak_ptr<Call>& call, const Row& row, const Result<Onboarded>& answer) {
    {
      const std::lock_guard lock{mutex_};
      calls_.erase(call);
    }
    if (on_row_) {
      const std::lock_guard lock{telling_};
      on_row_(row, answer);
    }
    try {
      bool more = false;
      {
        const std::lock_guard lock{mutex_};
        settling_.count(answer);
        more = !exhausted_ && !cancelled_;
      }
      if (!more) return leave();
      next();
    } catch (const std::bad_alloc&) {
      give_up();
    }
  }
  /// A lane is over for want of memory, and so will be the others.
  void give_up() noexcept {
    {
      const std::lock_guard lock{mutex_};
      exhausted_ = true;
      if (!failure_) failure_.emplace(no_memory());
    }
    leave();
  }
  /// A lane is over; the last one lists what stays.
  void leave() noexcept {
    bool lists = false;
    {
      const std::lock_guard lock{mutex_};
      lists = lanes_ == 1 && !failure_ && !cancelled_;
      if (!lists) --lanes_;
    }
    if (!lists) return end_if_over();
    try {
      settling_.list(directory_.core(), listed_,
                     [self = this->shared_from_this()](Result<std::vector<Row>> rows) {
                       self->listed(std::move(rows));
                     });
      asked();
    } catch (const std::bad_alloc&) {
      give_up();
    }
  }
  void listed(Result<std::vector<Row>> rows) noexcept {
    {
      const std::lock_guard lock{mutex_};
      ++answered_;
      --lanes_;
      if (rows) {
        settling_.settled().unsettled = *std::move(rows);
      } else if (!failure_) {
        failure_.emplace(std::move(rows).error());
      }
    }
    end_if_over();
  }
  /// The directory was asked, which may have answered already.
  void asked() noexcept {
    {
      const std::lock_guard lock{mutex_};
      ++asked_;
    }
    end_if_over();
  }
  /// Ends it if no lane is left; cancelled, if none has a call under way.
  void end_if_over() noexcept {
    std::optional<Answer> answer;
    {
      const std::lock_guard lock{mutex_};
      const bool idle = lanes_ == 0 || (cancelled_ && lanes_ + answered_ == asked_);
      if (!idle || std::exchange(over_, true)) return;
      if (failure_) {
        answer.emplace(*std::move(failure_));
      } else {
        answer.emplace(std::move(settling_.settled()));
      }
    }
    complete(*std::move(answer));
  }
  [[nodiscard]] Error no_memory() const {
    return florin::detail::no_memory_for(*florin::detail::CoreAccess::of(client_), true);
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
  std::recursive_mutex telling_{};  // an executor may end another row within what `on_row` does
  std::mutex mutex_{};
  // Which were cancelled. Each has this as long as it lives.
  std::map<std::weak_ptr<Call>, bool, std::owner_less<>> calls_{};
  std::optional<Error> failure_{};
  std::size_t lanes_ = 1;
  std::size_t asked_ = 0;     // how often the directory was
  std::size_t answered_ = 0;  // how often it has answered
  bool exhausted_ = false;
  bool cancelled_ = false;
  bool over_ = false;  // the handler is told
};

}  // namespace florin::onboarding::detail
