"""An HTTP origin that counts exactly, answers whatever a test wants, and says what it was sent.

One thread, one epoll. A close by the peer is always seen before a connection that it opened
afterwards is counted, so `max_open` is never too high by an accident of scheduling.
"""

import dataclasses
import heapq
import re
import select
import socket
import struct
import threading
import time


@dataclasses.dataclass
class Request:
    method: str
    target: str
    version: str
    fields: list  # [(name, value)], as received
    body: bytes  # payload, unframed
    connection: "Connection"
    number: int  # on its connection, from 1

    def field(self, name):
        """The values of a field, joined; None if it is absent."""
        values = [v for n, v in self.fields if n.lower() == name.lower()]
        return ", ".join(values) if values else None


@dataclasses.dataclass
class Answer:
    """Bytes to send, and what to do after them."""

    data: bytes
    delay: float = 0.0
    then: str = "keep"  # or "close", "reset", "stall": read no more, say no more


def respond(body=b"", status="200 OK", fields=(), **more):
    """A whole, correctly framed answer."""
    if isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in fields]
    return Answer("\r\n".join(lines).encode() + b"\r\n\r\n" + body, **more)


class Connection:
    def __init__(self, number, stream):
        self.number = number  # from 1, in the order of arrival
        self.stream = stream
        self.received = bytearray()  # everything, as it came
        self.unparsed = bytearray()
        self.outgoing = bytearray()
        self.requests = 0
        self.waiting = False  # an answer is due; requests are taken one at a time
        self.early_asked = False
        self.after = "keep"
        self.stalled = False
        self.open = True


class Origin:
    """Serves `app(request) -> Answer`, or the body as `str`, on 127.0.0.1, in a thread of its own.

    `early(request) -> Answer or None` is asked once as soon as a head is complete, before the body
    is; `app` is asked all the same when it is there.
    """

    def __init__(self, app, early=None):
        self._app = app
        self._early = early
        self.lock = threading.Lock()
        self.connections = []  # all, also the closed ones
        self.requests = []
        self.open = 0
        self.max_open = 0
        self._timers = []
        self._by_descriptor = {}
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._poll = select.epoll()
        self._poll.register(self._listener, select.EPOLLIN)
        self._poll.register(self._wake_reader, select.EPOLLIN)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    # What tests ask.

    @property
    def accepted(self):
        return len(self.connections)

    def received(self):
        """Every byte of every connection so far."""
        with self.lock:
            return b"".join(bytes(c.received) for c in self.connections)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stopping = True
        self._wake_writer.send(b"x")
        self._thread.join()
        for connection in list(self._by_descriptor.values()):
            self._close(connection)
        for stream in (self._listener, self._wake_reader, self._wake_writer, self._poll):
            stream.close()

    # The loop.

    def _run(self):
        while not self._stopping:
            wait = max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else -1
            events = self._poll.poll(wait, 4096)
            with self.lock:
                self._serve(events)
                while self._timers and self._timers[0][0] <= time.monotonic():
                    _, _, connection, answer = heapq.heappop(self._timers)
                    if connection.open:
                        self._send(connection, answer)

    def _serve(self, events):
        accepting = False
        for descriptor, event in events:
            if descriptor == self._listener.fileno():
                accepting = True
            elif descriptor in self._by_descriptor:
                self._on_event(self._by_descriptor[descriptor], event)
        while accepting:
            try:
                stream, _ = self._listener.accept()
            except BlockingIOError:
                return
            # What was closed before this one was opened is readable by now.
            for descriptor, event in self._poll.poll(0, 4096):
                if descriptor in self._by_descriptor:
                    self._on_event(self._by_descriptor[descriptor], event)
            self._add(stream)

    def _add(self, stream):
        stream.setblocking(False)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(len(self.connections) + 1, stream)
        self.connections.append(connection)
        self._by_descriptor[stream.fileno()] = connection
        self._poll.register(stream, select.EPOLLIN)
        self.open += 1
        self.max_open = max(self.max_open, self.open)

    def _close(self, connection, reset=False):
        if not connection.open:
            return
        connection.open = False
        self.open -= 1
        del self._by_descriptor[connection.stream.fileno()]
        self._poll.unregister(connection.stream)
        if reset:
            linger = struct.pack("ii", 1, 0)
            connection.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.stream.close()

    def _on_event(self, connection, event):
        if connection.stalled:
            return self._close(connection)  # it reads nothing, but the end it does see
        if event & select.EPOLLOUT:
            self._flush(connection)
        if connection.open and event & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            self._read(connection)

    def _read(self, connection):
        while connection.open and not connection.stalled:
            try:
                data = connection.stream.recv(262144)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            if not data:
                return self._close(connection)
            connection.received += data
            connection.unparsed += data
        self._take_requests(connection)

    def _take_requests(self, connection):
        while connection.open and not connection.waiting:
            head_end = connection.unparsed.find(b"\r\n\r\n")
            if head_end < 0:
                return
            request = self._parse_head(connection, head_end)
            if self._early and not connection.early_asked:
                connection.early_asked = True
                early = self._early(request)
                if early is not None:
                    connection.waiting = True
                    return self._schedule(connection, early)
            body, end = _body(request, connection.unparsed, head_end + 4)
            if body is None:
                return
            del connection.unparsed[:end]
            request.body = body
            connection.requests += 1
            connection.early_asked = False
            connection.waiting = True
            self.requests.append(request)
            self._schedule(connection, self._answer(request))

    def _answer(self, request):
        answer = self._app(request)
        if isinstance(answer, Answer):
            return answer
        whole = respond(answer).data
        if request.method != "HEAD":
            return Answer(whole)
        return Answer(whole[: whole.index(b"\r\n\r\n") + 4])

    def _parse_head(self, connection, head_end):
        lines = connection.unparsed[:head_end].decode("latin-1").split("\r\n")
        method, target, version = (lines[0].split(" ") + ["", ""])[:3]
        pairs = [line.partition(":") for line in lines[1:]]
        fields = [(name, value.strip()) for name, _, value in pairs]
        return Request(method, target, version, fields, b"", connection, connection.requests + 1)

    def _schedule(self, connection, answer):
        if answer.delay:
            due = time.monotonic() + answer.delay
            heapq.heappush(self._timers, (due, id(answer), connection, answer))
        else:
            self._send(connection, answer)

    def _send(self, connection, answer):
        connection.outgoing += answer.data
        connection.after = answer.then
        self._flush(connection)

    def _flush(self, connection):
        try:
            while connection.outgoing:
                sent = connection.stream.send(connection.outgoing)
                del connection.outgoing[:sent]
        except BlockingIOError:
            return self._poll.modify(connection.stream, select.EPOLLIN | select.EPOLLOUT)
        except OSError:
            return self._close(connection)
        self._poll.modify(connection.stream, select.EPOLLIN)
        self._sent(connection)

    def _sent(self, connection):
        if not connection.waiting:
            return
        if connection.after in ("close", "reset"):
            return self._close(connection, reset=connection.after == "reset")
        if connection.after == "stall":
            connection.stalled = True
            self._poll.modify(connection.stream, select.EPOLLRDHUP)
            return
        connection.waiting = False
        self._take_requests(connection)


def _body(request, data, start):
    """(payload, where the message ends), or (None, 0) while it is not complete."""
    if (request.field("Transfer-Encoding") or "").lower() == "chunked":
        return _chunked(data, start)
    length = int(request.field("Content-Length") or 0)
    if len(data) - start < length:
        return None, 0
    return bytes(data[start : start + length]), start + length


def _chunked(data, at):
    payload = bytearray()
    while True:
        line_end = data.find(b"\r\n", at)
        if line_end < 0:
            return None, 0
        size = int(re.match(rb"[0-9a-fA-F]+", data[at:line_end]).group(), 16)
        at = line_end + 2
        if size == 0:
            break
        if len(data) < at + size + 2:
            return None, 0
        payload += data[at : at + size]
        at += size + 2
    while True:  # trailers
        line_end = data.find(b"\r\n", at)
        if line_end < 0:
            return None, 0
        if line_end == at:
            return bytes(payload), at + 2
        at = line_end + 2
