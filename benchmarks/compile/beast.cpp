// SPDX-License-Identifier: Apache-2.0
// The peer of blocking.cpp: the least that posts a form over HTTPS with Boost.Beast, after the
// example http_client_sync_ssl of its documentation. No pool, no deadline, no retry, no schema.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

std::string create_customer(const std::string& key, const std::string& id,
                            const std::string& email) {
  const std::string host = "api.stripe.com";
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  tls.set_default_verify_paths();
  beast::ssl_stream<beast::tcp_stream> stream{context, tls};
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification{host});
  if (!SSL_set_tlsext_host_name(stream.native_handle(), host.c_str())) return {};

  asio::ip::tcp::resolver resolver{context};
  beast::get_lowest_layer(stream).connect(resolver.resolve(host, "443"));
  stream.handshake(asio::ssl::stream_base::client);

  http::request<http::string_body> request{http::verb::post, "/v1/customers", 11};
  request.set(http::field::host, host);
  request.set(http::field::authorization, "Bearer " + key);
  request.set(http::field::content_type, "application/x-www-form-urlencoded");
  request.body() = "email=" + email + "&metadata[merchant_customer_id]=" + id;
  request.prepare_payload();
  http::write(stream, request);

  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  http::read(stream, buffer, response);
  beast::error_code ignored;
  stream.shutdown(ignored);
  return response.body();
}
