# SPDX-License-Identifier: Apache-2.0
"""Certificates that no client may accept, and what florin has to say of each."""
import collections
import functools

from certificates import ISSUER, dns_name_in_der, server_extensions

HOST = "api.pay.test"

# What a server shows, the host that the client asks for, and what the error says: the text of its cause, and a
# pattern of OpenSSL's words in its reason.
Refusal = collections.namedtuple("Refusal", "certificate host cause reason")

WRONG_HOST = ("the certificate does not name this host", "^hostname mismatch$")
WRONG_ADDRESS = ("the certificate does not name this host", "^IP address mismatch$")
UNKNOWN_ISSUER = "the certificate does not lead to a trusted root"
EXPIRED = ("the certificate has expired", "^certificate has expired$")
NOT_YET_VALID = ("the certificate is not valid yet", "^certificate is not yet valid$")
WEAK_SIGNATURE = ("a certificate's signature is too weak", "^CA signature digest algorithm too weak$")
WRONG_USE = "the certificate is not for this use"
NOT_PERMITTED = "the issuer's name constraints forbid the certificate's names"
OTHER = "the certificate was not accepted"
NO_ISSUER = "^unable to get local issuer certificate$"
WEAK_KEY = "a key is too short"


class Workshop:
    """Makes the certificates: `root` is trusted, `stranger` is another root."""

    def __init__(self, pki, root, stranger):
        self.pki = pki
        self.root = root
        self.stranger = stranger
        self.key = pki.elliptic_key()
        self.issuer_key = pki.elliptic_key()

    def server(self, issuer=None, names=("DNS:" + HOST,), *, changed=(), **other):
        """A server's certificate, good but for what is given."""
        return self.pki.issue(issuer or self.root, HOST, server_extensions(*names, **dict(changed)),
                              **{"key": self.key, **other})

    def issuer(self, name="issuer", above=None, changed=(), **other):
        """An intermediate's."""
        return self.pki.issue(above or self.root, name, {**ISSUER, **dict(changed)},
                              **{"key": self.issuer_key, **other})

    def refusal(self, said, issuer=None, **other):
        return Refusal(self.server(issuer, **other), HOST, *said)

    def named(self, name, host=HOST, said=WRONG_HOST):
        return Refusal(self.server(names=[name]), host, *said)

    @functools.cached_property
    def under_an_issuer(self):
        return self.server(self.issuer())


# What makes the refusal, by its name.
BAD = {
    "expired": lambda make: make.refusal(EXPIRED, days=(-3, -1)),
    "expired_issuer": lambda make: make.refusal(EXPIRED, make.issuer(days=(-3, -1))),
    "not_yet_valid": lambda make: make.refusal(NOT_YET_VALID, days=(1, 3)),

    "wrong_host": lambda make: make.named("DNS:other.pay.test"),
    "longer_host": lambda make: make.named("DNS:api.pay.test.evil.test"),
    "zero_byte_in_the_name": lambda make: make.named(dns_name_in_der(HOST.encode("ascii") + b"\0.evil.test")),
    "common_name_alone": lambda make: make.refusal(WRONG_HOST, names=()),
    "common_name_beside_an_email": lambda make: make.named("email:" + HOST),
    "wrong_address": lambda make: make.named("IP:127.0.0.2", "127.0.0.1", WRONG_ADDRESS),
    "address_as_a_name": lambda make: make.named("DNS:127.0.0.1", "127.0.0.1", WRONG_ADDRESS),

    "wildcard_of_a_top_level_domain": lambda make: make.named("DNS:*.test", "pay.test"),
    "wildcard_alone": lambda make: make.named("DNS:*"),
    "wildcard_over_two_labels": lambda make: make.named("DNS:*.pay.test", "eu.api.pay.test"),
    "wildcard_for_no_label": lambda make: make.named("DNS:*.pay.test", "pay.test"),
    "wildcard_behind_a_label": lambda make: make.named("DNS:api.*.test"),
    "wildcard_twice": lambda make: make.named("DNS:*.*.test"),
    "wildcard_at_the_end_of_a_label": lambda make: make.named("DNS:a*.pay.test"),
    "wildcard_at_the_beginning_of_a_label": lambda make: make.named("DNS:*pi.pay.test"),
    "wildcard_within_a_label": lambda make: make.named("DNS:a*i.pay.test"),

    "self_signed": lambda make: Refusal(make.pki.root(HOST, server_extensions("DNS:" + HOST), make.key), HOST,
                                        UNKNOWN_ISSUER, "^self.signed certificate$"),
    "unknown_issuer": lambda make: make.refusal((UNKNOWN_ISSUER, NO_ISSUER), make.stranger),
    "unknown_root_in_the_chain": lambda make: Refusal(
        make.pki.with_chain(make.server(make.stranger), make.stranger.file), HOST, UNKNOWN_ISSUER,
        "^self.signed certificate in certificate chain$"),
    "missing_intermediate": lambda make: Refusal(make.pki.with_chain(make.under_an_issuer), HOST, UNKNOWN_ISSUER,
                                                 NO_ISSUER),
    "forged_signature": lambda make: make.refusal((OTHER, "^certificate signature failure$"), make.pki.root("root"),
                                                  changed={"authorityKeyIdentifier": "none"}),

    "weak_key": lambda make: make.refusal((WEAK_KEY, "^EE certificate key too weak$"), key=make.pki.rsa_key(1024)),
    "weak_key_of_an_issuer": lambda make: make.refusal((WEAK_KEY, "^CA certificate key too weak$"),
                                                       make.issuer(key=make.pki.rsa_key(1024))),
    "sha1_signature": lambda make: make.refusal(WEAK_SIGNATURE, digest="sha1"),
    "sha1_signature_of_an_issuer": lambda make: make.refusal(WEAK_SIGNATURE, make.issuer(digest="sha1")),

    "name_not_permitted": lambda make: make.refusal(
        (NOT_PERMITTED, "^permitted subtree violation$"),
        make.issuer(changed={"nameConstraints": "critical,permitted;DNS:other.test"})),
    "name_excluded": lambda make: make.refusal(
        (NOT_PERMITTED, "^excluded subtree violation$"),
        make.issuer(changed={"nameConstraints": "critical,excluded;DNS:pay.test"})),
    "for_clients_only": lambda make: make.refusal((WRONG_USE, "certificate purpose$"),
                                                  changed={"extendedKeyUsage": "clientAuth"}),
    "issued_by_no_authority": lambda make: make.refusal(
        (WRONG_USE, "^invalid CA certificate$"), make.issuer("no authority", changed=server_extensions())),
    "longer_path_than_allowed": lambda make: make.refusal(
        ("the certificate chain is too long", "^path length constraint exceeded$"),
        make.issuer("deeper", make.issuer(changed={"basicConstraints": "critical,CA:TRUE,pathlen:0"}))),
    "unknown_critical_extension": lambda make: make.refusal((OTHER, "^unhandled critical extension$"),
                                                            changed={"1.2.3.4.5": "critical,ASN1:NULL"}),
}

# Where the strength of keys and signatures is at fault, which configurations of OpenSSL see differently.
WEAK = ("weak_key", "weak_key_of_an_issuer", "sha1_signature", "sha1_signature_of_an_issuer")

# The certificate that none of this is wrong with, and the host that it is good for.
GOOD = {
    "exact_name": lambda make: (make.server(), HOST),
    "wildcard": lambda make: (make.server(names=["DNS:*.pay.test"]), HOST),
    "address": lambda make: (make.server(names=["IP:127.0.0.1"]), "127.0.0.1"),
    "intermediate": lambda make: (make.under_an_issuer, HOST),
    "permitted_name": lambda make: (make.server(
        make.issuer(changed={"nameConstraints": "critical,permitted;DNS:pay.test"})), HOST),
}
