// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <string>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace florin::net::detail {

/// What `getaddrinfo` means by `code`.
/// \param error `errno` after it.
inline boost::system::error_code resolver_error(int code, int error) noexcept {
  const boost::system::error_code system{error, boost::system::system_category()};
  // It calls a name unknown when it could not read its files or open its socket. EAGAIN is left
  // behind whenever it waited for an answer.
  if (error != EAGAIN && (code == EAI_SYSTEM || is_out_of_resources(system))) return system;
  switch (code) {
    case EAI_AGAIN:
    case EAI_SYSTEM:
      return boost::asio::error::host_not_found_try_again;
    case EAI_FAIL:
      return boost::asio::error::no_recovery;
    case EAI_MEMORY:
      return boost::asio::error::no_memory;
    case EAI_SERVICE:
      return boost::asio::error::service_not_found;
    default:
      return boost::asio::error::host_not_found;
  }
}

/// Why no descriptor can be had now; 0: one can.
inline int descriptor_shortage() noexcept {
  const int probe = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (probe >= 0) ::close(probe);
  return probe < 0 && (errno == EMFILE || errno == ENFILE) ? errno : 0;
}

/// Asks the system, blocking for as long as it likes.
inline std::vector<boost::asio::ip::tcp::endpoint> look_up(const std::string& host,
                                                           const std::string& service,
                                                           boost::system::error_code& ec) {
  std::vector<boost::asio::ip::tcp::endpoint> found;
  if (host.empty() || host.find('\0') != std::string::npos) {
    ec = boost::asio::error::host_not_found;
    return found;
  }
  ::addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  ::addrinfo* list = nullptr;
  errno = 0;
  const int code = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
  if (code != 0) {
    ec = resolver_error(code, errno);
    if (const int shortage = is_out_of_resources(ec) ? 0 : descriptor_shortage(); shortage != 0)
      ec.assign(shortage, boost::system::system_category());
    return found;
  }
  const std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)> owner{list, &::freeaddrinfo};
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    boost::asio::ip::tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    found.push_back(endpoint);
  }
  ec.clear();
  if (found.empty()) ec = boost::asio::error::host_not_found;
  return found;
}

}  // namespace florin::net::detail
