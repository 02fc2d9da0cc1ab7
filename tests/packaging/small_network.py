"""What the containers under test meet: origins, a name server, and a folder that kubelet would mount."""

import http.client
import http.server
import os
import pathlib
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time


class Origin(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers with the method and path it was asked for; counts its connections. A path below /held
    waits until `release` is set. `context` makes it speak TLS."""

    daemon_threads = True
    request_queue_size = 256

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            with self.server.changed:
                self.server.requests.append((self.path, dict(self.headers)))
                self.server.changed.notify_all()
            if self.path.startswith("/held"):
                self.server.release.wait()
            body = f"{self.command} {self.path}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if self.path.startswith("/login"):
                self.send_header("Set-Cookie", "who=someone; Max-Age=3600")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self, context=None, host="127.0.0.1"):
        self.accepted = 0
        self.requests = []  # (path, fields)
        self.changed = threading.Condition()
        self.release = threading.Event()
        super().__init__((host, 0), self.Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def process_request(self, request, address):
        self.accepted += 1
        super().process_request(request, address)

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError)):  # both are wanted here
            super().handle_error(request, address)

    def wait_for_requests(self, count, seconds=20):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.requests) >= count, seconds):
                raise AssertionError(f"{len(self.requests)} requests of {count} came")

    def __exit__(self, *_):
        self.release.set()
        self.shutdown()
        self.server_close()


class NameServer:
    """Says on 127.0.0.1:53 that `names` are at 127.0.0.1, and of all others that they don't exist."""

    def __init__(self, *names):
        self.names = names
        self.asked = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            question, client = self._socket.recvfrom(512)
            if question == b"end":
                return
            at, labels = 12, []
            while question[at]:
                labels.append(question[at + 1 : at + 1 + question[at]].decode())
                at += 1 + question[at]
            kind = struct.unpack("!H", question[at + 1 : at + 3])[0]
            name = ".".join(labels).lower()
            self.asked.append(name)
            known, has_answer = name in self.names, name in self.names and kind == 1
            flags = 0x8180 if known else 0x8183
            head = question[:2] + struct.pack("!HHHHH", flags, 1, int(has_answer), 0, 0)
            answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([127, 0, 0, 1])
            body = question[12 : at + 5] + (answer if has_answer else b"")
            self._socket.sendto(head + body, client)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.sendto(b"end", self._socket.getsockname())
        self._thread.join()
        self._socket.close()


class SwitchedFolder:
    """A folder as kubelet mounts a ConfigMap or a Secret: each file is a symbolic link into `..data`,
    itself one to the newest version, which is switched over at once. `files`: path -> text."""

    def __init__(self, path, files):
        self.path = pathlib.Path(path)
        self._version = 0
        self.switch(files)

    def switch(self, files):
        self._version += 1
        version = self.path / f"..version_{self._version}"
        for name, text in files.items():
            (version / name).parent.mkdir(parents=True, exist_ok=True)
            (version / name).write_text(text)
        os.symlink(version.name, self.path / "..data_tmp")
        os.rename(self.path / "..data_tmp", self.path / "..data")
        for top in {name.split("/")[0] for name in files}:
            if not (self.path / top).is_symlink():
                os.symlink(f"..data/{top}", self.path / top)


def get(port, path="/", headers=None, host="127.0.0.1"):
    """(status, body) by a connection of its own."""
    connection = http.client.HTTPConnection(host, port, timeout=30)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def eventually(condition, seconds=20, what="the condition"):
    """For what happens in another process and announces itself to nobody."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.02)
