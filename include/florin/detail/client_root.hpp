// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/detail/config.hpp>
#include <florin/detail/core.hpp>
#include <florin/detail/published.hpp>
#include <florin/policy.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/endpoint.hpp>
#include <florin/wire/host.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace florin::detail {

/// Finds where calls go with credentials of a type that only the policy knows.
/// \param host is set to where, also where there is a fault.
using FindHost = wire::Fault (*)(Environment environment, const void* credentials,
                                 wire::HostText& room, std::string_view& host);

/// Where the calls of a policy go.
struct HomeFacts {
  std::string_view connector;  ///< the policy's name
  FindHost host;
  FindHost token_host;      ///< of the token exchange; null: it has none of its own
  bool depends_on_account;  ///< whether credentials are a part of a host
};

/// Has an object of any type kept. Errors: `std::bad_alloc`; the object is destroyed then.
[[nodiscard]] FLORIN_DECL std::shared_ptr<const void> kept(const void* object,
                                                           void (*destroy)(const void* object));
/// \copydoc kept
template <class T>
[[nodiscard]] std::shared_ptr<const void> kept(T&& value) {
  using Kept = std::remove_cvref_t<T>;
  return kept(new Kept{std::forward<T>(value)},
              [](const void* object) { delete static_cast<const Kept*>(object); });
}

/// What of a client is the same for all policies and observers: its core, and its credentials.
class ClientRoot {
 public:
  /// \param credentials of the policy's type.
  /// \param executor of asynchronous operations; null or empty: the library's own threads.
  FLORIN_DECL ClientRoot(const HomeFacts& facts, std::shared_ptr<const void> credentials,
                         const boost::asio::any_io_executor* executor, ClientOptions&& options);
  ClientRoot(const ClientRoot&) = delete;
  ClientRoot& operator=(const ClientRoot&) = delete;
  FLORIN_DECL virtual ~ClientRoot();

  [[nodiscard]] ClientCore& core() const noexcept { return *core_; }
  /// The core, kept alive together with what knows the policy.
  [[nodiscard]] FLORIN_DECL static std::shared_ptr<ClientCore> shared_core(
      std::shared_ptr<const ClientRoot> root) noexcept;
  /// Calls that begin from now on use these.
  FLORIN_DECL void set_credentials(std::shared_ptr<const void> credentials);

 protected:
  /// The client's credentials: where hosts depend on them, those whose hosts the call goes to.
  [[nodiscard]] FLORIN_DECL std::shared_ptr<const void> credentials_for(
      const PreparedCall& prepared) const noexcept;
  /// Credentials go to no other host than their own.
  /// \return that a call would bring them there.
  [[nodiscard]] FLORIN_DECL wire::Fault check_home(const PreparedCall& prepared,
                                                   const void* credentials) const;

 private:
  const HomeFacts* facts_;
  Published<void> credentials_;  // null where the hosts depend on them: the core's then
  CorePtr core_;
};

/// Has a client kept by its handles. Errors: `std::bad_alloc`; it is destroyed then.
[[nodiscard]] FLORIN_DECL std::shared_ptr<ClientRoot> shared(ClientRoot* root);

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/client_root.ipp>
#include <florin/impl/core.ipp>
#endif
