// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/fork.hpp>

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace florin::detail {

/// Somebody who holds things that belong to an execution context and can do without.
class ContextUser {
 public:
  /// The context is being destroyed: what belongs to it has to go now. Its services still exist.
  virtual void context_gone() noexcept = 0;

 protected:
  ~ContextUser() = default;
};

/// Tells a `ContextUser` when an execution context goes, for as long as this object lives.
///
/// Thread safety: contexts and subscriptions may end on different threads at the same time.
class ContextWatch {
 public:
  ContextWatch(boost::asio::execution_context& context, ContextUser& user)
      : link_(std::make_shared<Link>(user)) {
    boost::asio::use_service<Service>(context).add(link_);
  }
  ContextWatch(const ContextWatch&) = delete;
  ContextWatch& operator=(const ContextWatch&) = delete;
  ~ContextWatch() {
    std::unique_lock lock{link_->mutex, std::defer_lock};
    // A thread that is not in this child may hold the lock.
    if (link_->process == net::detail::process_number()) {
      lock.lock();
      // What is left of the user goes after the context may have.
      if (link_->user != nullptr) link_->user->context_gone();
    } else {
      static_cast<void>(lock.try_lock());
    }
    link_->user = nullptr;
  }

 private:
  struct Link {
    explicit Link(ContextUser& whom) noexcept : user(&whom) {}
    const unsigned process = net::detail::process_number();
    std::mutex mutex;
    ContextUser* user;
  };

  class Service final : public boost::asio::execution_context::service {
   public:
    using key_type = Service;
    static inline boost::asio::execution_context::id id;

    explicit Service(boost::asio::execution_context& context) : service(context) {}

    void add(std::shared_ptr<Link> link) {
      const std::scoped_lock lock{mutex_};
      std::erase_if(links_, [](const auto& other) { return other.use_count() == 1; });
      links_.push_back(std::move(link));
    }

   private:
    void shutdown() override {
      std::vector<std::shared_ptr<Link>> links;
      {
        const std::scoped_lock lock{mutex_};
        links.swap(links_);
      }
      for (const auto& link : links) {
        const std::scoped_lock lock{link->mutex};
        if (link->user != nullptr) link->user->context_gone();
      }
    }

    std::mutex mutex_;
    std::vector<std::shared_ptr<Link>> links_;
  };

  std::shared_ptr<Link> link_;
};

}  // namespace florin::detail
