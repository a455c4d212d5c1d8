// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <openssl/ssl.h>

namespace florin::detail {

/// Threads for clients that were given no executor, started by the first of them.
///
/// Not Asio's system executor: its threads end after OpenSSL has cleaned up, and leak what OpenSSL
/// keeps for each thread. These end before.
inline boost::asio::any_io_executor default_executor() {
  OPENSSL_init_ssl(0, nullptr);  // what is made first is destroyed last
  static boost::asio::thread_pool threads;
  return threads.get_executor();
}

}  // namespace florin::detail
