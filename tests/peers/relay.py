# SPDX-License-Identifier: Apache-2.0
"""Stands between a client and a server: leads the client there whatever name it asks for, writes down what goes over
the wire, changes the client's first message or cuts the connection where it is told to."""
import contextlib
import itertools
import socket
import struct
import threading

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CLIENT_HELLO, CERTIFICATE = 1, 11
SERVER_NAME, SESSION_TICKET, PRE_SHARED_KEY, SUPPORTED_VERSIONS = 0, 35, 41, 43
# An alert that TLS 1.3 encrypts: two bytes, the type and the tag.
ENCRYPTED_ALERT = 19
PATIENCE = 60


class Record:
    """A TLS record as it stands on the wire."""

    def __init__(self, data):
        self.data = bytes(data)
        self.type = data[0]
        self.length = len(data) - 5

    def is_handshake(self, message):
        return self.type == HANDSHAKE and self.data[5:6] == bytes([message])

    def is_alert(self):
        return self.type == ALERT or (self.type == APPLICATION_DATA and self.length == ENCRYPTED_ALERT)


class Records:
    """Splits what is fed into records; what is no TLS is left alone."""

    def __init__(self):
        self.rest = bytearray()

    def feed(self, data):
        self.rest += data
        while len(self.rest) >= 5:
            size = 5 + int.from_bytes(self.rest[3:5], "big")
            if len(self.rest) < size:
                return
            record = Record(self.rest[:size])
            del self.rest[:size]
            yield record


def extensions(hello):
    """Those of a ClientHello record: where each begins in it, by type, and its content."""
    data = hello.data
    at = 5 + 4 + 2 + 32  # record, message, version, random
    at += 1 + data[at]  # session id
    at += 2 + int.from_bytes(data[at:at + 2], "big")  # cipher suites
    at += 1 + data[at] + 2  # compression, length of all extensions
    found = {}
    while at < len(data):
        kind, size = struct.unpack(">HH", data[at:at + 4])
        found[kind] = (at, data[at + 4:at + 4 + size])
        at += 4 + size
    return found


def server_name(hello):
    """The name of SNI, or None."""
    found = extensions(hello).get(SERVER_NAME)
    return found[1][5:].decode("ascii") if found else None


def without_newer_versions(hello):
    """The ClientHello of a client that knows nothing newer than TLS 1.2, as somebody on the way would like it."""
    at, _ = extensions(hello)[SUPPORTED_VERSIONS]
    return hello.data[:at] + b"\xfa\xfa" + hello.data[at + 2:]


class Connection:
    """What went over one connection."""

    def __init__(self):
        self.authority = None  # what CONNECT asked for
        self.from_client = []
        self.from_server = []

    @property
    def hello(self):
        return self.from_client[0]

    def plain_from_server(self):
        """The records before encryption begins; what TLS 1.2 encrypts keeps its type and reads as any message."""
        return itertools.takewhile(lambda each: each.type != CHANGE_CIPHER_SPEC, self.from_server)

    def carried_data(self):
        """Whether the client sent more than a handshake that it gave up: a request is longer than any alert."""
        return any(each.type == APPLICATION_DATA and each.length > ENCRYPTED_ALERT for each in self.from_client)


class Relay:
    """Leads every connection to `target` (host and port, or the path of a socket), through CONNECT as well.

    change_hello(record) gives the bytes that replace the ClientHello. cut(record, index) is asked for each record of
    the server's: None lets it pass, a number lets so many bytes of it pass and ends the connection, with a reset where
    `reset` says so.
    """

    def __init__(self, target, *, change_hello=None, cut=None, reset=False):
        self.target = target
        self.change_hello = change_hello
        self.cut = cut
        self.reset = reset
        self.connections = []
        self.sockets = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for each in self.sockets:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(PATIENCE)

    def settle(self):
        """Waits until all connections are over, the client having left; then they are known in full."""
        for thread in self.threads[1:]:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a connection stays open though its client has left"

    @property
    def proxy(self):
        """For the client's options."""
        return {"host": "127.0.0.1", "port": self.port}

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            connection = Connection()
            with self.lock:
                self.sockets.add(client)
                self.connections.append(connection)
                self.threads.append(threading.Thread(target=self.serve, args=(client, connection), daemon=True))
                self.threads[-1].start()

    def dial(self):
        if isinstance(self.target, str):
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            return server
        return socket.create_connection(self.target)

    def serve(self, client, connection):
        with client, contextlib.suppress(OSError):
            client.settimeout(PATIENCE)
            first = self.first_bytes(client, connection)
            with self.dial() as server:
                with self.lock:
                    self.sockets.add(server)
                back = threading.Thread(target=self.pump_back, args=(server, client, connection), daemon=True)
                back.start()
                self.pump(client, server, connection, first)
                back.join(PATIENCE)
                with self.lock:
                    self.sockets.discard(server)
        with self.lock:
            self.sockets.discard(client)

    @staticmethod
    def first_bytes(client, connection):
        data = client.recv(65536)
        if not data.startswith(b"CONNECT "):
            return data
        while b"\r\n\r\n" not in data:
            data += client.recv(65536)
        connection.authority = data.split()[1].decode("ascii")
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return b""

    def pump(self, client, server, connection, data):
        records = Records()
        with contextlib.suppress(OSError):
            data = data or client.recv(65536)
            while data:
                found = list(records.feed(data))
                connection.from_client += found
                if self.change_hello is not None and connection.hello in found:
                    # The whole ClientHello is the first thing that a client sends, and all of it.
                    data = self.change_hello(connection.hello)
                with contextlib.suppress(OSError):  # it may have gone; what the client sends is counted all the same
                    server.sendall(data)
                data = client.recv(65536)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def pump_back(self, server, client, connection):
        records = Records()
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                found = list(records.feed(data))
                if self.cut is None:
                    connection.from_server += found
                    client.sendall(data)
                    continue
                for record in found:
                    index = len(connection.from_server)
                    connection.from_server.append(record)
                    passing = self.cut(record, index)
                    client.sendall(record.data if passing is None else record.data[:passing])
                    if passing is not None:
                        self.end(client, server)
                        return
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_WR)

    def end(self, client, server):
        if self.reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.shutdown(socket.SHUT_RD)  # wakes the other thread, which holds the connection open
            client.close()
        else:
            client.shutdown(socket.SHUT_WR)
        server.shutdown(socket.SHUT_RDWR)
