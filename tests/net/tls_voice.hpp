// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

namespace florin::net::test {

/// A TLS server's side of a connection whose bytes go through memory, so that they can be cut,
/// repeated and held back. Throws `std::runtime_error` where the client ends.
class TlsVoice {
 public:
  TlsVoice(SSL_CTX* context, int descriptor) : descriptor_(descriptor), ssl_(SSL_new(context)) {
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }

  /// The handshake; TLS 1.3 tickets are sent with its end.
  void accept() {
    while (SSL_do_handshake(ssl_.get()) != 1) {
      send(taken());
      feed();
    }
    send(taken());
  }

  /// Waits for a request that ends with a newline.
  std::string hear() {
    std::string text;
    while (text.empty() || text.back() != '\n') {
      char byte = 0;
      if (SSL_read(ssl_.get(), &byte, 1) == 1) {
        text += byte;
      } else {
        feed();
      }
    }
    return text;
  }

  /// The records that carry `text`.
  std::string records(std::string_view text) {
    SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    return taken();
  }

  /// The record with one more session ticket.
  std::string ticket() {
    SSL_new_session_ticket(ssl_.get());
    SSL_do_handshake(ssl_.get());
    return taken();
  }

  /// Sends raw bytes.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("the client has ended");
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Reads until the client ends.
  void wait_for_end() {
    char bytes[512];
    while (::recv(descriptor_, bytes, sizeof bytes, 0) > 0) continue;
  }

  [[nodiscard]] SSL* native_handle() const noexcept { return ssl_.get(); }

 private:
  struct Free {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  };

  std::string taken() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    std::string bytes(data, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return bytes;
  }

  void feed() {
    char bytes[4096];
    const auto count = ::recv(descriptor_, bytes, sizeof bytes, 0);
    if (count <= 0) throw std::runtime_error("the client has ended");
    BIO_write(SSL_get_rbio(ssl_.get()), bytes, static_cast<int>(count));
  }

  int descriptor_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace florin::net::test
