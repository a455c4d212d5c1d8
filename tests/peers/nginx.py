# SPDX-License-Identifier: Apache-2.0
"""Debian's nginx, with servers that answer like a processor."""
import json
import os
import signal
import time

from programs import HANG_GUARD, Server, find

CONFIGURATION = """
{user}
worker_processes 1;
pid {directory}/pid;
events {{ worker_connections 128; }}
http {{
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  default_type application/json;
  ssl_protocols TLSv1.2 TLSv1.3;
  log_format facts escape=json '{{"server": "$ssl_server_name", "protocol": "$ssl_protocol",'
    ' "reused": "$ssl_session_reused", "connection": "$connection", "requests": "$connection_requests",'
    ' "status": "$status", "request": "$request_method $uri", "key": "$http_idempotency_key",'
    ' "client": "$ssl_client_verify"}}';
  {servers}
}}
"""
SERVER = """
  server {{
    listen {listen} ssl;
    server_name {server_name};
    ssl_certificate {certificate.chain};
    ssl_certificate_key {certificate.key};
    access_log {directory}/{name}.log facts;
    {directives}
    location / {{ {answer} }}
  }}
"""


def socket_of(directory, name):
    """The path where the server of that name listens unless it was given another address."""
    return os.path.join(directory, name + ".sock")


class NginxConfiguration:
    """The servers of an nginx, which is then started with `start`."""

    def __init__(self, directory, answer):
        self.directory = directory
        self.answer = f"return 200 '{answer}';"
        self.servers = []
        self.addresses = []

    def add(self, name, certificate, directives="", *, answer=None, server_name="_", at=None, port=None):
        """A server called `name` in this test. It listens at the socket of its own name or, where it has a
        `server_name` to be told from others by, at that of another; or at `port` of 127.0.0.1."""
        if port is not None:
            address, listen = ("127.0.0.1", port), f"127.0.0.1:{port}"
        else:
            address = socket_of(self.directory, at or name)
            listen = "unix:" + address
        self.addresses.append(address)
        self.servers.append(SERVER.format(listen=listen, server_name=server_name, certificate=certificate,
                                          directory=self.directory, name=name, directives=directives,
                                          answer=answer or self.answer))

    def start(self, openssl_configuration):
        """Starts nginx."""
        path = os.path.join(self.directory, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(user="user root;" if os.geteuid() == 0 else "",
                                            directory=self.directory, servers="".join(self.servers)))
        command = [find("nginx"), "-p", self.directory, "-c", path, "-e", os.path.join(self.directory, "error.log"),
                   "-g", "daemon off;"]
        return Nginx(self.directory, command, self.addresses, OPENSSL_CONF=openssl_configuration)


class Nginx(Server):
    """A running nginx."""

    def __init__(self, directory, command, addresses, **changed):
        self.directory = directory
        super().__init__(directory, command, *addresses, **changed)

    def socket(self, name):
        """Where the server of that name listens."""
        return socket_of(self.directory, name)

    def log(self, name, at_least=0):
        """What the server of that name has answered, in the order of the connections. An answer arrives before it is
        written down, and a later one may be written down first: so many are waited for."""
        give_up = time.monotonic() + HANG_GUARD
        while True:
            with open(os.path.join(self.directory, name + ".log"), encoding="utf-8") as file:
                found = [json.loads(line) for line in file]
            if len(found) >= at_least or time.monotonic() > give_up:
                return sorted(found, key=lambda each: (int(each["connection"]), int(each["requests"])))
            time.sleep(0.01)

    def reload(self):
        """Has new workers take over; the old ones close what is idle."""
        self.process.send_signal(signal.SIGHUP)
