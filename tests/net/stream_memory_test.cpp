// SPDX-License-Identifier: Apache-2.0
#include <florin/net/stream.hpp>
#include <florin/net/tls.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <signal.h>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stream_scene.hpp"
#include "support/process_memory.hpp"
#include "support/skipped.hpp"
#include "tls_voice.hpp"

#if defined(__linux__)

BOOST_AUTO_TEST_SUITE(net_stream_memory, *florin_test::skipped_if(FLORIN_TEST_SEARCHES_MEMORY == 0,
                                                                  florin_test::searches))
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using florin_test::VeiledText;
using net::Stream;
using net::TlsContext;
using net::TlsOptions;
using net::test::authority;
using net::test::client_context;
using net::test::Code;
using net::test::server_context;
using net::test::shake;
using net::test::soon;
using net::test::TlsVoice;

/// Personal data of a request and of an answer.
const VeiledText& asked() {
  static const VeiledText text{40,
                               [](std::size_t i) { return 'a' + static_cast<char>(i * 7 % 26); }};
  return text;
}
const VeiledText& answered() {
  static const VeiledText text{40,
                               [](std::size_t i) { return 'A' + static_cast<char>(i * 5 % 26); }};
  return text;
}

/// A TLS server in a process of its own, so that its copies are not found here. It answers each
/// line with 100 bytes, `answered()`, and a newline.
class OtherProcess {
 public:
  explicit OtherProcess(int version) {
    auto context = server_context(authority().issue());
    SSL_CTX_set_max_proto_version(context.native_handle(), version);
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<::sockaddr*>(&address);
    BOOST_REQUIRE(::bind(listener, plain, size) == 0);
    BOOST_REQUIRE(::listen(listener, 8) == 0);
    BOOST_REQUIRE(::getsockname(listener, plain, &size) == 0);
    port_ = ntohs(address.sin_port);
    child_ = ::fork();
    if (child_ == 0) {
      ::alarm(60);
      for (;;) serve(context.native_handle(), ::accept(listener, nullptr, nullptr));
    }
    ::close(listener);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  ~OtherProcess() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  void connect(Stream& stream) const {
    Code ec;
    const auto made = net::connect({{asio::ip::address_v4::loopback(), port_}}, soon(), {}, ec);
    BOOST_REQUIRE(!ec);
    stream.assign(made.protocol, made.handle, ec);
    BOOST_REQUIRE(!ec);
    stream.expires_at(soon());
  }

 private:
  static void serve(SSL_CTX* context, int descriptor) {
    try {
      TlsVoice voice{context, descriptor};
      voice.accept();
      for (;;) {
        voice.hear();
        std::string text(100 + answered().size(), '.');
        answered().reveal(text.data() + 100);
        voice.send(voice.records(text + '\n'));
      }
    } catch (const std::runtime_error&) {
      ::close(descriptor);
    }
  }

  std::uint16_t port_ = 0;
  ::pid_t child_ = -1;
};

/// Sends a request and wipes it.
void ask(Stream& stream, bool gathered) {
  std::array<char, 64> text{};
  asked().reveal(text.data());
  text[asked().size()] = '\n';
  const std::size_t size = asked().size() + 1;
  Code ec;
  if (gathered) {
    const std::array<asio::const_buffer, 2> pieces{asio::buffer("GET ", 4),
                                                   asio::buffer(text.data(), size)};
    stream.write_some(pieces, ec);
  } else {
    stream.write_some(asio::buffer(text.data(), size), ec);
  }
  OPENSSL_cleanse(text.data(), text.size());
  BOOST_REQUIRE(!ec);
}

/// Reads `size` bytes of the answer and wipes them.
void hear(Stream& stream, std::size_t size) {
  std::array<char, 256> text{};
  Code ec;
  std::size_t got = 0;
  while (!ec && got < size)
    got += stream.read_some(asio::buffer(text.data() + got, size - got), ec);
  OPENSSL_cleanse(text.data(), text.size());
  BOOST_REQUIRE(!ec);
}

/// A certificate and a file with its key, both made by another process.
struct KeyFile {
  KeyFile() {
    const int descriptor = ::mkstemp(name);
    BOOST_REQUIRE(descriptor >= 0);
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    BOOST_REQUIRE(
        net::test::in_child([&] {
          const auto identity = authority().issue();
          const auto put = [](int to, const std::string& what) {
            return ::write(to, what.data(), what.size()) == static_cast<::ssize_t>(what.size());
          };
          return put(descriptor, identity.private_key_pem) && put(ends[1], identity.certificate_pem)
                     ? 0
                     : 1;
        }) == 0);
    ::close(descriptor);
    ::close(ends[1]);
    char byte = 0;
    while (::read(ends[0], &byte, 1) == 1) certificate_pem += byte;
    ::close(ends[0]);
    auto pem = read();
    std::string line = pem.substr(60, 64);
    OPENSSL_cleanse(pem.data(), pem.size());
    text.emplace(line);
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  ~KeyFile() { std::remove(name); }

  [[nodiscard]] std::string read() const {
    std::string pem(4096, '\0');
    const int descriptor = ::open(name, O_RDONLY);
    const auto size = ::read(descriptor, pem.data(), pem.size());
    ::close(descriptor);
    pem.resize(static_cast<std::size_t>(size));
    return pem;
  }

  /// Puts the certificate behind the key.
  void append_certificate() const {
    const int descriptor = ::open(name, O_WRONLY | O_APPEND);
    BOOST_TEST(::write(descriptor, certificate_pem.data(), certificate_pem.size()) ==
               static_cast<::ssize_t>(certificate_pem.size()));
    ::close(descriptor);
  }

  char name[32] = "/tmp/florin-key-XXXXXX";
  std::string certificate_pem;
  std::optional<VeiledText> text;
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_search_finds_what_is_there) {
  BOOST_TEST(asked().copies_in_memory() == 0U);
  auto text = std::make_unique<char[]>(64);
  asked().reveal(text.get());
  BOOST_TEST(asked().copies_in_memory() == 1U);
  char* const freed = text.get();
  OPENSSL_cleanse(freed, 64);
  BOOST_TEST(asked().copies_in_memory() == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_stays_of_requests_and_answers) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const OtherProcess server{version};
    for (const bool gathered : {false, true}) {
      BOOST_TEST_CONTEXT("version " << version << ", gathered " << gathered) {
        Stream stream;
        auto context = client_context();
        server.connect(stream);
        BOOST_REQUIRE(!shake(stream, context));
        ask(stream, gathered);
        hear(stream, 100 + answered().size() + 1);
        // The connection is idle.
        BOOST_TEST(asked().copies_in_memory() == 0U);
        BOOST_TEST(answered().copies_in_memory() == 0U);
        // Closed before the whole answer was read.
        ask(stream, gathered);
        hear(stream, 10);
        stream.close();
        context.reset();
        BOOST_TEST(asked().copies_in_memory() == 0U);
        BOOST_TEST(answered().copies_in_memory() == 0U);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_stays_of_a_private_keys_text) {
  enum class Where { text, file, common_file };
  for (const Where where : {Where::text, Where::file, Where::common_file}) {
    const bool file = where != Where::text;
    const KeyFile key;
    TlsOptions options;
    if (where == Where::common_file) {
      key.append_certificate();
      options.certificate_file = key.name;
    } else {
      options.certificate_pem = key.certificate_pem;
    }
    if (file) {
      options.private_key_file = key.name;
    } else {
      options.private_key_pem = key.read();
    }
    BOOST_TEST_CONTEXT("where " << static_cast<int>(where)) {
      BOOST_TEST(key.text->copies_in_memory() == (file ? 0U : 1U));
      auto context = TlsContext::make(options).value();
      BOOST_TEST(key.text->copies_in_memory() == (file ? 0U : 1U));
      options = {};
      BOOST_TEST(key.text->copies_in_memory() == 0U);
      context.reset();
      BOOST_TEST(key.text->copies_in_memory() == 0U);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

#endif
