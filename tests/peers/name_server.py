# SPDX-License-Identifier: Apache-2.0
"""A name server that answers as a test wants it to, wrongly, late or not at all."""
import contextlib
import ipaddress
import socket
import struct
import threading

A, AAAA = 1, 28
NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME, REFUSED = 0, 2, 3, 5


class Host:
    """What is answered for a name."""

    def __init__(self, *addresses, code=NO_ERROR, delay=0, silent=()):
        self.addresses = [ipaddress.ip_address(each) for each in addresses]
        self.code = code
        self.delay = delay  # in seconds
        self.silent = silent  # kinds of questions that are never answered


class NameServer:
    """Listens at `address` until the end of the `with` block. `hosts`, by name, may be changed meanwhile; there is no
    other."""

    def __init__(self, address):
        self.hosts = {}
        self.asked = []  # name and kind
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):  # wakes the thread; that nobody was connected is no matter
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.socket.close()

    def run(self):
        while True:
            try:
                query, client = self.socket.recvfrom(4096)
            except OSError:
                return
            if not query:
                return
            name, kind, question = self.read(query)
            self.asked.append((name, kind))
            host = self.hosts.get(name, Host(code=NO_SUCH_NAME))
            if kind in host.silent:
                continue
            reply = self.reply(query, question, host, kind)
            timer = threading.Timer(host.delay, self.send, (reply, client))
            timer.daemon = True
            timer.start()

    def send(self, reply, client):
        with contextlib.suppress(OSError):  # the client may have left
            self.socket.sendto(reply, client)

    @staticmethod
    def read(query):
        at, labels = 12, []
        while query[at] != 0:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii"))
            at += 1 + query[at]
        kind, = struct.unpack(">H", query[at + 1:at + 3])
        return ".".join(labels), kind, query[12:at + 5]

    @staticmethod
    def reply(query, question, host, kind):
        found = [each for each in host.addresses if (A if each.version == 4 else AAAA) == kind]
        records = b"".join(struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(each.packed)) + each.packed for each in found)
        return query[:2] + struct.pack(">HHHHH", 0x8580 | host.code, 1, len(found), 0, 0) + question + records
