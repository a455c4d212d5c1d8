// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/judged.hpp>
#include <florin/encode.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::onboarding {

namespace detail {

/// `ask`, and waits for the answer.
template <class Value, class Perform>
[[nodiscard]] Result<Value> asked(DirectoryCore& core, Perform perform) {
  return wait_told<Value>([&core, &perform](std::function<void(Result<Value>)> done) {
    ask<Value>(core, std::move(perform), std::move(done));
  });
}

/// Whether there can be rows of it.
[[nodiscard]] inline bool is_text(const Scope& scope) noexcept {
  return wire::is_text(scope.connector) && wire::is_text(scope.account);
}

}  // namespace detail

FLORIN_DECL Directory::Directory(std::unique_ptr<detail::AnyStore> store,
                                 const DirectoryOptions& options) {
  auto core = std::make_shared<detail::DirectoryCore>(std::move(store), options);
  core_ = {core.get(), [core](detail::DirectoryCore*) { core->close(); }};
}

FLORIN_DECL Result<std::optional<Row>> Directory::find(const CustomerKey& key) const {
  if (!detail::is_text(key)) return std::optional<Row>{};
  return detail::asked<std::optional<Row>>(
      *core_, [key](detail::AnyStore& store) { return store.find(key); });
}

FLORIN_DECL Result<std::vector<Row>> Directory::list(const Listing& listing) const {
  if (!detail::is_text(listing.scope)) return std::vector<Row>{};
  if (!wire::is_text(listing.after))
    return florin::detail::local_error(
        {}, {Errc::invalid_options, std::nullopt, "`after` is not UTF-8 text without NUL"});
  Listing of = listing;
  of.limit = std::min<std::size_t>(of.limit, std::numeric_limits<std::ptrdiff_t>::max());
  return detail::asked<std::vector<Row>>(
      *core_, [listing = std::move(of)](detail::AnyStore& store) { return store.list(listing); });
}

FLORIN_DECL Result<Counts> Directory::count(const Scope& scope) const {
  if (!detail::is_text(scope)) return Counts{};
  return detail::asked<Counts>(*core_,
                               [scope](detail::AnyStore& store) { return store.count(scope); });
}

FLORIN_DECL Result<bool> Directory::resolve(const CustomerKey& key,
                                            std::string_view connector_customer_id) {
  if (!connector_customer_id.empty())
    if (const auto fault = florin::detail::check_id(connector_customer_id))
      return florin::detail::local_error({}, fault);
  if (!detail::is_text(key)) return false;
  return detail::asked<bool>(
      *core_,
      [key, id = std::string{connector_customer_id}](detail::AnyStore& store) -> Result<bool> {
        store.begin();
        const DatabaseTime now = store.now();
        std::vector<Row> rows = store.lock({&key, 1});
        if (rows.empty()) {
          store.commit();
          return false;
        }
        Row& row = rows.front();
        const std::string lease = row.lease;
        const bool busy = !lease.empty() && row.lease_until > now;
        if (!busy) {
          detail::settle_by_hand(row, id, now);
          static_cast<void>(store.update(rows, {&lease, 1}));
        }
        store.commit();
        if (!busy) return true;
        return detail::worked_at_elsewhere(std::chrono::milliseconds{row.lease_until - now});
      });
}

FLORIN_DECL Result<bool> Directory::remove(const CustomerKey& key) {
  if (!detail::is_text(key)) return false;
  return detail::asked<bool>(*core_, [key, tried = false](detail::AnyStore& store) mutable {
    // Where an answer is lost it is tried again, and the row may be gone by then.
    const bool again = tried;
    if (!again && !store.find(key)) return false;
    tried = true;
    return store.remove(key) || again;
  });
}

}  // namespace florin::onboarding
