// SPDX-License-Identifier: Apache-2.0
#include <florin/net/stream.hpp>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <new>

#include "stream_scene.hpp"
#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(net_stream_exhaustion)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using net::Stream;
using net::TlsError;
using net::test::authority;
using net::test::client_context;
using net::test::Code;
using net::test::echo_lines;
using net::test::open;
using net::test::over_tls;
using net::test::Peer;
using net::test::server_context;
using net::test::silent;

/// A handler's allocator that has room for `left` allocations.
template <class T>
struct Scarce {
  using value_type = T;
  int* left;
  explicit Scarce(int* count) : left(count) {}
  template <class U>
  explicit(false) Scarce(const Scarce<U>& other) : left(other.left) {}
  T* allocate(std::size_t count) {
    if (*left == 0) throw std::bad_alloc{};
    --*left;
    return std::allocator<T>{}.allocate(count);
  }
  void deallocate(T* data, std::size_t count) { std::allocator<T>{}.deallocate(data, count); }
  friend bool operator==(const Scarce&, const Scarce&) = default;
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_operation_without_memory_ends_with_an_error) {
  Peer mute{silent};
  asio::io_context context;
  Stream stream{context.get_executor()};
  open(stream, mute);
  char byte = 0;
  // None for the wait, then none for the post of the error either.
  for (const int room : {0, 1}) {
    int left = room;
    int calls = 0;
    const auto read = [&](asio::mutable_buffer buffer) {
      stream.async_read_some(
          buffer, asio::bind_allocator(Scarce<char>{&left}, [&](Code ec, std::size_t count) {
            ++calls;
            BOOST_TEST(ec == (room == 0 ? Code{asio::error::no_memory} : Code{}));
            BOOST_TEST(count == 0U);
          }));
    };
    read(room == 0 ? asio::buffer(&byte, 1) : asio::mutable_buffer{});
    context.restart();
    context.run();
    BOOST_TEST(calls == 1);
  }
}

BOOST_AUTO_TEST_CASE(tls_without_memory_is_an_error) {
  auto server = server_context(authority().issue());
  Peer peer{over_tls(server, echo_lines)};
  const auto tls = client_context();
  for (std::size_t n = 0;; ++n) {
    Stream stream;
    open(stream, peer);
    Code ec;
    bool happened = false;
    {
      const florin_test::AllocationFailure failure{n};
      stream.start_tls(tls, "a.rather.long.name.of.a.host.example.test", 443, ec);
      happened = failure.happened();
    }
    if (!happened) break;
    BOOST_TEST(ec == Code{TlsError::no_memory});
    BOOST_TEST(!stream.is_tls());
  }
}

BOOST_AUTO_TEST_SUITE_END()
