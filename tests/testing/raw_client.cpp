// SPDX-License-Identifier: Apache-2.0
#include "testing/raw_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace florin_test {

boost::json::value RawAnswer::json() const {
  return boost::json::parse(message.body());
}
std::string RawAnswer::text(std::string_view pointer) const {
  boost::system::error_code ec;
  const boost::json::value root = json();
  const boost::json::value* const at = root.find_pointer(pointer, ec);
  if (ec || at == nullptr) return "(absent)";
  return at->is_string() ? std::string(at->as_string()) : boost::json::serialize(*at);
}
std::string RawAnswer::header(std::string_view name) const {
  const auto at = message.find(name);
  return at == message.end() ? "(absent)" : std::string(at->value());
}

RawClient::RawClient(std::uint16_t port, const Options& options)
    : tls_(options.tls), context_(asio::ssl::context::tls_client), stream_(io_, context_) {
  if (tls_) {
    context_.add_certificate_authority(asio::buffer(options.ca_pem));
    SSL* const ssl = stream_.native_handle();
    SSL_set_min_proto_version(ssl, options.min_tls);
    stream_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(options.host));
    SSL_set_tlsext_host_name(ssl, options.host.c_str());
    if (options.identity) {
      using namespace florin::testing::detail;
      const std::string& cert = options.identity->certificate_pem;
      const std::string& key = options.identity->private_key_pem;
      const BioPointer cert_bio(BIO_new_mem_buf(cert.data(), static_cast<int>(cert.size())));
      const BioPointer key_bio(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
      const CertificatePointer leaf(PEM_read_bio_X509(cert_bio.get(), nullptr, nullptr, nullptr));
      const KeyPointer private_key(
          PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr));
      SSL_use_certificate(ssl, leaf.get());
      SSL_use_PrivateKey(ssl, private_key.get());
    }
    if (options.session != nullptr) SSL_set_session(ssl, options.session);
  }
  socket().connect({asio::ip::address_v4::loopback(), port});
  socket().set_option(asio::ip::tcp::no_delay(true));
  if (tls_) stream_.handshake(asio::ssl::stream_base::client);
}

void RawClient::send(std::string_view bytes) {
  if (tls_)
    asio::write(stream_, asio::buffer(bytes));
  else
    asio::write(socket(), asio::buffer(bytes));
}

void RawClient::send(http::verb verb, std::string_view target, std::string body,
                     const Headers& headers) {
  http::request<http::string_body> request(verb, target, 11);
  request.set(http::field::host, "localhost");
  if (!body.empty()) request.set(http::field::content_type, "application/x-www-form-urlencoded");
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = std::move(body);
  request.prepare_payload();
  if (tls_)
    http::write(stream_, request);
  else
    http::write(socket(), request);
}

RawAnswer RawClient::receive() {
  error_code ec;
  RawAnswer answer = receive(ec);
  if (ec) throw boost::system::system_error(ec);
  return answer;
}

RawAnswer RawClient::receive(error_code& ec) {
  RawAnswer answer;
  if (tls_)
    http::read(stream_, buffer_, answer.message, ec);
  else
    http::read(socket(), buffer_, answer.message, ec);
  answer.status = static_cast<int>(answer.message.result_int());
  return answer;
}

std::string RawClient::drain(error_code& ec) {
  std::string all = beast::buffers_to_string(buffer_.data());
  buffer_.clear();
  char chunk[4096];
  for (;;) {
    const std::size_t size = tls_ ? stream_.read_some(asio::buffer(chunk), ec)
                                  : socket().read_some(asio::buffer(chunk), ec);
    all.append(chunk, size);
    if (ec) return all;
  }
}

RawAnswer RawClient::call(http::verb verb, std::string_view target, std::string body,
                          const Headers& headers) {
  send(verb, target, std::move(body), headers);
  return receive();
}

void RawClient::close() {
  socket().close();
}

}  // namespace florin_test
