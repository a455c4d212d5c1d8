// SPDX-License-Identifier: Apache-2.0
#include <florin/net/stream.hpp>
#include <florin/net/tls.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <unistd.h>

#include "issuer.hpp"
#include "stream_scene.hpp"

BOOST_AUTO_TEST_SUITE(net_tls_crl)
namespace {

namespace asio = boost::asio;
namespace net = florin::net;
using namespace std::chrono_literals;
using net::CrlCheck;
using net::Stream;
using net::TlsContext;
using net::TlsError;
using net::TlsOptions;
using net::test::authority_extensions;
using net::test::Code;
using net::test::echo_lines;
using net::test::Issuer;
using net::test::open;
using net::test::over_tls;
using net::test::Peer;
using net::test::server_extensions;
using net::test::shake;

/// A root, an intermediate, and a server's certificate.
struct Chain {
  Issuer root{{"root", authority_extensions}};
  Issuer middle{{"middle", authority_extensions}, root};
  Issuer leaf{{"localhost", server_extensions}, middle};

  Code verdict(TlsOptions options) const {
    options.ca_pem = root.pem();
    asio::ssl::context server{asio::ssl::context::tls_server};
    leaf.serve(server.native_handle(), {&middle});
    Peer peer{over_tls(server, echo_lines)};
    const auto context = TlsContext::make(options);
    if (!context) return context.error();
    Stream stream;
    open(stream, peer);
    return shake(stream, *context);
  }
};

Code error_of(const TlsOptions& options) {
  const auto made = TlsContext::make(options);
  return made ? Code{} : made.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_revoked_certificate_is_refused) {
  const Chain chain;
  TlsOptions options;
  BOOST_TEST(!chain.verdict(options));

  options.crl_pem = chain.middle.crl({&chain.leaf}) + chain.root.crl({});
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revoked});
  options.crl_check = CrlCheck::leaf;
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revoked});

  options.crl_pem = chain.middle.crl({}) + chain.root.crl({&chain.middle});
  BOOST_TEST(!chain.verdict(options));
  options.crl_check = CrlCheck::chain;
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revoked});

  options.crl_pem = chain.middle.crl({}) + chain.root.crl({});
  BOOST_TEST(!chain.verdict(options));
}

BOOST_AUTO_TEST_CASE(a_list_that_is_needed_has_to_be_there) {
  const Chain chain;
  TlsOptions options;
  options.crl_pem = chain.middle.crl({});
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revocation_unknown});
  options.crl_check = CrlCheck::leaf;
  BOOST_TEST(!chain.verdict(options));
  options.crl_pem = chain.root.crl({});
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revocation_unknown});
  options.crl_pem = chain.middle.crl({}, -1h);
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revocation_unknown});
  const Issuer stranger{{"middle", authority_extensions}};
  options.crl_pem = stranger.crl({});
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revocation_unknown});
}

BOOST_AUTO_TEST_CASE(lists_are_read_from_a_file_too) {
  const Chain chain;
  char name[] = "/tmp/florin-crl-XXXXXX";
  const int descriptor = ::mkstemp(name);
  BOOST_REQUIRE(descriptor >= 0);
  ::close(descriptor);
  std::ofstream{name} << chain.middle.crl({&chain.leaf});
  TlsOptions options;
  options.crl_file = name;
  options.crl_pem = chain.root.crl({});
  BOOST_TEST(chain.verdict(options) == Code{TlsError::revoked});
  std::remove(name);
  BOOST_TEST(chain.verdict(options) == Code{TlsError::bad_crl});
}

BOOST_AUTO_TEST_CASE(what_is_given_and_cannot_be_used_is_refused) {
  const Chain chain;
  TlsOptions options;
  options.ca_pem = chain.root.pem() + chain.middle.crl({&chain.leaf});
  BOOST_TEST(error_of(options) == Code{TlsError::bad_roots});
  options.ca_pem = chain.root.pem() + chain.root.key_pem();
  BOOST_TEST(error_of(options) == Code{TlsError::bad_roots});

  options.ca_pem = "A comment.\n" + chain.root.pem();
  BOOST_TEST(!error_of(options));
  for (const auto& text :
       {std::string{"nothing"}, chain.root.pem(), chain.root.crl({}) + chain.root.pem(),
        std::string{"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"},
        chain.root.crl({}) + "-----BEGIN X509 CRL-----\nAA"}) {
    options.crl_pem = text;
    BOOST_TEST(error_of(options) == Code{TlsError::bad_crl});
  }
  options.crl_pem = chain.root.crl({});
  BOOST_TEST(!error_of(options));
  const auto careless = TlsContext::make_without_verification(options);
  BOOST_REQUIRE(careless.has_error());
  BOOST_TEST(careless.error() == Code{TlsError::bad_crl});
}

BOOST_AUTO_TEST_SUITE_END()
