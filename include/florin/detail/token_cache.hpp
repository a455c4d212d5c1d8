// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/list.hpp>
#include <florin/secret.hpp>
#include <florin/wire/buffer.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::detail {

/// The access tokens of a client, one per set of credentials, and who fetches them.
///
/// An account is known by the bytes of its token request, which hold all that a token depends on.
/// Of many calls that need a token at the same time one fetches it and the others wait. Shortly
/// before a token expires one call renews it while the others go on with it; where that fails, all
/// go on with it and somebody tries again later. No I/O.
///
/// Thread safety: all members may be called from any thread.
class TokenCache {
 public:
  using TimePoint = net::TimePoint;
  using Token = std::shared_ptr<const Secret>;
  /// Somebody who waits for another one's fetch. `wake` is called under the cache's lock.
  class Waiter : private net::detail::Link<Waiter> {
   public:
    virtual void wake() noexcept = 0;

   protected:
    virtual ~Waiter() = default;

   private:
    friend class TokenCache;
    friend class net::detail::List<Waiter>;
    std::shared_ptr<const Error> failure_;
  };

  /// The state of one set of credentials. Its members belong to the cache.
  class Account {
   public:
    explicit Account(std::string_view request) { request_.append(request); }
    /// The bytes that fetch a token. They hold credentials.
    [[nodiscard]] std::string_view request() const noexcept { return request_.view(); }

   private:
    friend class TokenCache;
    wire::Buffer request_;
    Token token_;
    TimePoint renew_at_{};
    TimePoint expires_at_{};
    bool fetching_ = false;
    net::detail::List<Waiter> waiters_;
  };

  /// What `seek` found.
  enum class Found : unsigned char {
    token,  ///< `token` is to be used
    fetch,  ///< the caller has to fetch one, then `publish` or `abandon`
    wait,   ///< the waiter is woken when it is worth seeking again, or has to `leave`
  };
  struct Finding {
    Found found;
    Token token{};
  };

  /// The account with this token request.
  [[nodiscard]] std::shared_ptr<Account> account(std::string_view request) {
    const std::size_t hash = std::hash<std::string_view>{}(request);
    const std::scoped_lock lock{mutex_};
    if (const auto known = find(hash, request)) return known;
    if (accounts_.size() >= most_accounts)
      std::erase_if(accounts_, [](const Entry& entry) { return entry.account.use_count() == 1; });
    return accounts_.insert(first(hash), {hash, std::make_shared<Account>(request)})->account;
  }

  [[nodiscard]] Finding seek(Account& account, Waiter& waiter, TimePoint now) noexcept {
    const std::scoped_lock lock{mutex_};
    if (account.token_ && now < account.renew_at_) return {Found::token, account.token_};
    if (!account.fetching_) {
      account.fetching_ = true;
      return {Found::fetch};
    }
    if (account.token_ && now < account.expires_at_) return {Found::token, account.token_};
    waiter.failure_.reset();
    account.waiters_.push_back(waiter);
    return {Found::wait};
  }

  /// The fetch has succeeded. Where the answer tells nothing but a time of day, the lifetime is
  /// reckoned by the machine's.
  /// \param fetched_at when the answer was asked for.
  Token publish(Account& account, AccessToken fetched, TimePoint fetched_at) {
    auto lifetime = fetched.lifetime;
    if (!lifetime && fetched.expires_at)
      lifetime = *fetched.expires_at -
                 std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto token = std::make_shared<const Secret>(std::move(fetched.token));
    const std::scoped_lock lock{mutex_};
    account.token_ = token;
    account.expires_at_ = account.renew_at_ = net::never;
    if (lifetime) {
      using std::chrono::seconds;
      const seconds most = std::chrono::hours{24 * 365};
      const seconds whole = std::clamp(*lifetime, seconds{0}, most);
      const seconds margin = std::min(seconds{60}, whole / 10);
      account.expires_at_ = net::saturated(fetched_at, whole);
      account.renew_at_ = net::saturated(fetched_at, whole - margin);
    }
    end_fetch(account, nullptr);
    return token;
  }
  /// The fetch has failed.
  /// \param failure that of those who wait as well; null: a reason of the fetching call's own, so
  /// that another one fetches.
  /// \return the old token, if it is still good: it stays in use, and nobody renews it for a while.
  Token publish(Account& account, const Error* failure, TimePoint now) noexcept {
    std::shared_ptr<const Error> told;
    try {
      if (failure != nullptr) told = std::make_shared<const Error>(*failure);
    } catch (const std::bad_alloc&) {
      told = nullptr;  // those who wait see for themselves
    }
    const std::scoped_lock lock{mutex_};
    const bool good = account.token_ && now < account.expires_at_;
    if (good) {
      using std::chrono::seconds;
      // Of the last minute at most: a token is renewed no earlier.
      auto pause = std::max<net::Clock::duration>((account.expires_at_ - now) / 4, seconds{1});
      if (failure != nullptr && failure->retry_after)
        pause = std::max(pause, net::clipped(*failure->retry_after));
      account.renew_at_ = std::min(net::saturated(now, pause), account.expires_at_);
    }
    end_fetch(account, good ? nullptr : told);
    return good ? account.token_ : nullptr;
  }
  /// The fetch was given up with the call: another one fetches.
  void abandon(Account& account) noexcept {
    const std::scoped_lock lock{mutex_};
    end_fetch(account, nullptr);
  }
  /// The processor refuses `token`: it is not used again.
  void refuse(Account& account, const Token& token) noexcept {
    const std::scoped_lock lock{mutex_};
    if (account.token_ == token) account.token_.reset();
  }
  /// The waiter stops waiting.
  /// \return the failure of the fetch that it waited for, if it failed.
  [[nodiscard]] std::shared_ptr<const Error> leave(Account& account, Waiter& waiter) noexcept {
    const std::scoped_lock lock{mutex_};
    account.waiters_.remove(waiter);
    return std::exchange(waiter.failure_, nullptr);
  }

 private:
  /// Accounts beyond these push out those that no call uses.
  static constexpr std::size_t most_accounts = 16'384;

  static void end_fetch(Account& account, const std::shared_ptr<const Error>& failure) noexcept {
    account.fetching_ = false;
    while (Waiter* const waiter = account.waiters_.pop_front()) {
      waiter->failure_ = failure;
      waiter->wake();
    }
  }

  struct Entry {
    std::size_t hash = 0;
    std::shared_ptr<Account> account;
  };

  /// Where the accounts with this hash begin, or would.
  [[nodiscard]] std::vector<Entry>::iterator first(std::size_t hash) noexcept {
    return std::partition_point(accounts_.begin(), accounts_.end(),
                                [hash](const Entry& entry) { return entry.hash < hash; });
  }
  [[nodiscard]] std::shared_ptr<Account> find(std::size_t hash, std::string_view request) {
    for (auto at = first(hash); at != accounts_.end() && at->hash == hash; ++at)
      if (at->account->request() == request) return at->account;
    return nullptr;
  }

  std::mutex mutex_;
  std::vector<Entry> accounts_;  // by hash: a hash table would be much for the compiler
};

}  // namespace florin::detail
