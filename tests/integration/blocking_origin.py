"""The plain core of origins that misbehave: a thread for each connection, blocking calls, and no
more HTTP than reading a request."""

import socket
import threading


class BlockingOrigin:
    """Calls `serve(stream)` in a thread of its own for each connection to 127.0.0.1:`port`. What
    the peer does to a connection is no news: OSError ends its thread in silence."""

    def __init__(self, serve):
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return  # closed
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._run, args=(stream,), daemon=True).start()

    def _run(self, stream):
        try:
            self._serve(stream)
        except OSError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()


def read_request(stream):
    """Reads a whole request with a Content-Length or no body; its path without the slash before it,
    or None at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = stream.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        part = stream.recv(65536)
        if not part:
            return None
        body += part
    return path_of(head)


def path_of(head):
    return head.split(b" ", 2)[1].decode().lstrip("/")
