"""All hosts that a recipe names, as one HTTPS server: it counts connections by the name that TLS
asked for, and notes what it was sent."""

import dataclasses
import http.server
import json
import ssl
import threading

import peers
import place


@dataclasses.dataclass
class Request:
    host: str
    method: str
    path: str
    headers: object  # email.message.Message: without case
    body: bytes


class Origin:
    """`answer(request)` returns a text or something for JSON, or (status, headers, that)."""

    def __init__(self, names, answer):
        self.answer = answer
        self.requests = []
        self.connections = {name: 0 for name in names}
        self.lock = threading.Lock()
        self._certificates = peers.Certificates(",".join(f"DNS:{name}" for name in names), days=60)
        self.authority = self._certificates.ca
        context = self._certificates.server_context()
        context.sni_callback = self._note_name
        self._server = _Server(self, context)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _note_name(self, stream, name, _):
        if name not in self.connections:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        stream.asked_for = name
        return None

    def began(self, name):
        with self.lock:
            self.connections[name] += 1

    def note(self, request):
        with self.lock:
            self.requests.append(request)
        return self.answer(request)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, origin, context):
        super().__init__((place.ADDRESS, 443), _Handler)
        self.origin = origin
        # The handshake belongs to the connection's own thread, not to accept().
        self.socket = context.wrap_socket(self.socket, server_side=True,
                                          do_handshake_on_connect=False)

    def handle_error(self, request, client_address):
        pass  # a connection that the daemon closes is no news


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        self.request.do_handshake()
        self.host = self.request.asked_for
        self.server.origin.began(self.host)
        super().setup()

    def _serve(self):
        request = Request(self.host, self.command, self.path, self.headers, self._body())
        answer = self.server.origin.note(request)
        status, headers, content = answer if isinstance(answer, tuple) else (200, {}, answer)
        is_text = isinstance(content, str)
        content = (content if is_text else json.dumps(content)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if is_text else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            return peers.read_chunks(self.rfile)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *_):
        pass
