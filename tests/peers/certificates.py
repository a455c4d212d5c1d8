# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates, good and bad ones, made by the program openssl."""
import collections
import datetime
import os
import subprocess

HANG_GUARD = 60
CONFIGURATION = """
[ca]
default_ca = only
[only]
dir = {directory}
database = {directory}/index.txt
new_certs_dir = {directory}
unique_subject = no
rand_serial = yes
policy = any
email_in_dn = no
[any]
commonName = supplied
[req]
distinguished_name = names
[names]
"""
# What is in force where the machine's own configuration of OpenSSL allows nearly everything.
LAX_CONFIGURATION = """
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = tls
[tls]
MinProtocol = TLSv1
CipherString = ALL:@SECLEVEL=0
"""
ISSUER = {"basicConstraints": "critical,CA:TRUE", "keyUsage": "critical,keyCertSign,cRLSign"}

# Names of PEM files: the certificate, its private key, its issuers up to the root, which is left out (empty: none),
# and the certificate followed by them.
Certificate = collections.namedtuple("Certificate", "file key issuers chain is_root")


def server_extensions(*names, **changed):
    """Those of a server's certificate for `names`, each with its kind: "DNS:localhost"."""
    extensions = {"basicConstraints": "critical,CA:FALSE", "keyUsage": "critical,digitalSignature,keyEncipherment",
                  "extendedKeyUsage": "serverAuth", **changed}
    if names:
        extensions["subjectAltName"] = ",".join(names)
    return extensions


def dns_name_in_der(name):
    """The value of a subjectAltName that text cannot spell, e.g. one with a zero byte."""
    return f"DER:30{len(name) + 2:02x}82{len(name):02x}{name.hex()}"


class Certificates:
    """Makes certificates in `directory`."""

    def __init__(self, directory):
        self.directory = directory
        self.count = 0
        self.requests = {}  # for a certificate, by the key
        self.configuration = self.write("ca.cnf", CONFIGURATION.format(directory=directory))
        self.lax_configuration = self.write("lax.cnf", LAX_CONFIGURATION)
        self.write("index.txt", "")

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def openssl(self, *arguments):
        # Under the lax configuration weak certificates can be made on every machine.
        done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=HANG_GUARD, check=False,
                              env=dict(os.environ, OPENSSL_CONF=self.lax_configuration))
        if done.returncode != 0:
            raise OSError(f"openssl {' '.join(arguments)}:\n{done.stdout}")

    def new_path(self, ending):
        self.count += 1
        return os.path.join(self.directory, f"{self.count}.{ending}")

    def key(self, *parameters):
        """A key of the kind that `openssl genpkey` is told."""
        path = self.new_path("key")
        self.openssl("genpkey", *parameters, "-out", path)
        return path

    def elliptic_key(self):
        return self.key("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")

    def rsa_key(self, bits):
        return self.key("-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}")

    def root(self, name, extensions=None, key=None):
        """Signed by itself: a root, unless the extensions say otherwise."""
        key = key or self.elliptic_key()
        path = self.new_path("pem")
        added = [part for each in (extensions or ISSUER).items() for part in ("-addext", "=".join(each))]
        self.openssl("req", "-x509", "-new", "-config", self.configuration, "-key", key, "-subj", f"/CN={name}",
                     "-days", "2", *added, "-out", path)
        return Certificate(path, key, "", path, True)

    def issue(self, issuer, name, extensions, *, key=None, digest="sha256", days=(-1, 2)):
        """Signed by `issuer`; valid between two days, counted from today."""
        key = key or self.elliptic_key()
        path = self.new_path("pem")
        section = self.write(os.path.basename(self.new_path("ext")),
                             "".join(f"{each} = {value}\n" for each, value in extensions.items()))
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = ((now + datetime.timedelta(days=each)).strftime("%Y%m%d%H%M%SZ") for each in days)
        self.openssl("ca", "-batch", "-config", self.configuration, "-in", self.request(key), "-subj", f"/CN={name}",
                     "-cert", issuer.file, "-keyfile", issuer.key, "-md", digest, "-startdate", begin,
                     "-enddate", end, "-extfile", section, "-notext", "-out", path)
        made = Certificate(path, key, "", path, False)
        return made if issuer.is_root else self.with_chain(made, issuer.chain)

    def request(self, key):
        """What `openssl ca` takes the public key from."""
        if key not in self.requests:
            path = self.requests[key] = self.new_path("csr")
            self.openssl("req", "-new", "-config", self.configuration, "-key", key, "-subj", "/CN=request",
                         "-out", path)
        return self.requests[key]

    def with_chain(self, certificate, *issuers):
        """`certificate` with the contents of those files behind it, whatever stood there before."""
        above = self.joined(*issuers) if issuers else ""
        return certificate._replace(issuers=above, chain=self.joined(certificate.file, *issuers))

    def joined(self, *paths):
        """A file that holds what is in those."""
        joined = self.new_path("pem")
        with open(joined, "w", encoding="ascii") as out:
            for path in paths:
                with open(path, encoding="ascii") as part:
                    out.write(part.read())
        return joined
