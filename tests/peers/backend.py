# SPDX-License-Identifier: Apache-2.0
"""A server behind nginx that answers every POST with one text, framed as the first part of the path says:

/length    HTTP/1.0 with a length
/close     HTTP/1.0 without one: the end of the connection is that of the body
/chunked   HTTP/1.1 in chunks
/held      as /length, but only when `release` is set; `arrived` is, as soon as it was asked
"""
import http.server
import threading

HANG_GUARD = 60


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # pylint: disable=invalid-name
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        framing = self.path.split("/")[1]
        body = self.server.body
        if framing == "held":
            self.server.arrived.set()
            self.server.release.wait(HANG_GUARD)
        self.protocol_version = "HTTP/1.1" if framing == "chunked" else "HTTP/1.0"
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if framing in ("length", "held"):
            self.send_header("Content-Length", str(len(body)))
        if framing == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:10], body[10:], b""))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Backend(http.server.ThreadingHTTPServer):
    """Listens at 127.0.0.1, at a port of its own choice, until the end of the `with` block."""

    daemon_threads = True

    def __init__(self, body):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = body
        self.arrived = threading.Event()
        self.release = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # nginx has gone, which the test is about

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
