# SPDX-License-Identifier: Apache-2.0
"""Runs a command next to an nginx that answers a documented Stripe customer over TLS.

usage: nginx.py COMMAND [ARGUMENT...]
The command gets `--url https://localhost:PORT --ca FILE` behind its arguments. nginx listens on
127.0.0.1 only, keeps everything in a temporary folder, and ends with the command.
"""
import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
FILES = 8192  # open files, for many connections

CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile {files};
pid nginx.pid;
error_log error.log warn;
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    server_name localhost;
    ssl_certificate leaf.pem;
    ssl_certificate_key leaf.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_tickets on;
    default_type application/json;
    location = /v1/customers {{
      add_header Request-Id req_FAKE0000000001;
      add_header Stripe-Version 2026-06-24.dahlia;
      add_header Idempotency-Key $http_idempotency_key;
      add_header Cache-Control "no-cache, no-store";
      return 200 '{body}';
    }}
  }}
}}
"""


def find_nginx():
    """Debian keeps nginx out of an ordinary user's PATH."""
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    program = shutil.which("nginx", path=path)
    if not program:
        raise FileNotFoundError("nginx is not installed (Debian: nginx-light)")
    return program


def openssl(folder, *arguments):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr.strip()}")


def make_certificates(folder):
    """An authority (ca.pem) and a leaf of it for localhost."""
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"]
    openssl(folder, "req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30",
            "-subj", "/CN=florin benchmark authority")
    openssl(folder, "req", *new_key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=localhost")
    (folder / "leaf.ext").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n"
        "extendedKeyUsage=serverAuth\n")
    openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "30", "-sha256", "-extfile", "leaf.ext", "-out", "leaf.pem")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent():
    """Has the calling process end when its parent does, however that ends."""
    PR_SET_PDEATHSIG = 1
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl failed")


def answers(port, ca):
    """Whether the server speaks TLS with its certificate yet."""
    try:
        context = ssl.create_default_context(cafile=str(ca))
        with socket.create_connection(("127.0.0.1", port), timeout=1) as plain:
            with context.wrap_socket(plain, server_hostname="localhost"):
                return True
    except OSError:
        return False


@contextlib.contextmanager
def serving():
    """Yields the URL and the path of the authority's certificate while nginx runs."""
    program = find_nginx()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="florin-nginx-"))
    server = None
    try:
        make_certificates(folder)
        port = free_port()
        # Without the reference: one that does not repeat the request's is an answer for somebody else.
        body = (HERE / "stripe_customer.json").read_text().replace('"cust_user_12345"', "null")
        if "'" in body or "$" in body or "\\" in body:
            raise ValueError("stripe_customer.json has a character that nginx would interpret")
        (folder / "nginx.conf").write_text(CONFIGURATION.format(
            port=port, body=body, files=FILES, connections=FILES // 2,
            user="user root;" if os.geteuid() == 0 else ""))
        server = subprocess.Popen(
            [program, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "error.log"],
            stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent)
        ca = folder / "ca.pem"
        deadline = time.monotonic() + 10
        while not answers(port, ca):
            if server.poll() is not None or time.monotonic() > deadline:
                log = folder / "error.log"
                raise RuntimeError("nginx does not serve: " + (log.read_text() if log.exists() else ""))
            time.sleep(0.02)
        yield f"https://localhost:{port}", str(ca)
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with serving() as (url, ca):
        return subprocess.call([*sys.argv[1:], "--url", url, "--ca", ca])


if __name__ == "__main__":
    sys.exit(main())
