"""An origin whose kept-alive connections die in every way that there is, and that counts exactly.

A program of its own, a thread for each connection: `with StaleOrigin(...) as origin` starts it and
`origin.finish()` yields its books. Each connection has a way to die, and for each of its pauses a
time (anew, else the connections that keep for long would soon be the only ones). When it was idle
for so long, it ends. The end comes at that moment,

    fin      closed in order (with TLS: after close_notify, or without one)
    rst      reset
    notice   "408 Request Timeout", then closed, as some servers do

or with the next request, which is the case of an end that crosses it on the way,

    refuse   closed when the request's first bytes arrive; it is not executed
    late     the request is answered by a 408 and not executed
    killed   the request is executed, then the connection dies without an answer
    silent   every packet vanishes from that time on; nothing arrives, nothing is said

A connection that has not carried a request yet dies after two seconds at the earliest: it would be
no stale one otherwise, but an origin that cannot be reached.
"""

import collections
import contextlib
import json
import math
import os
import random
import select
import socket
import ssl
import subprocess
import sys
import threading
import time

import sockets
from blocking_origin import BlockingOrigin, path_of, read_request

WHILE_IDLE = ("fin", "rst", "notice")
FIRST_REQUEST_SECONDS = 2.0
ANSWER_SECONDS = (0.025, 0.05)  # so that all that are asked at once need a connection each
TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class StaleOrigin:
    """`ways` has a weight for each way to die; `idle` is the range of the times, in seconds. `tls`
    are peers.certificates(), or None."""

    def __init__(self, seed, ways, idle, tls=None):
        plan = {"seed": seed, "ways": ways, "idle": idle}
        if tls:
            plan.update(certificate=tls.certificate, key=tls.key)
        self._process = subprocess.Popen(
            [sys.executable, "-B", os.path.abspath(__file__), json.dumps(plan)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())
        self.tls = tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._books = None

    def finish(self):
        """Stops it. The books: `executed` {request id: times}, `refused` and `killed` (ids),
        `connections` [{"way", "requests" executed, "ended": when it was known}]: None, it did not
        end while idle; infinity, nobody saw that the peer knew."""
        if self._books is None:
            text, _ = self._process.communicate("stop\n", timeout=30)
            self._books = json.loads(text)
        return self._books

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


class _Books:
    def __init__(self):
        self.lock = threading.Lock()
        self.executed = collections.Counter()
        self.refused = []
        self.killed = []
        self.connections = []

    def text(self):
        with self.lock:
            return json.dumps({"executed": self.executed, "refused": self.refused,
                               "killed": self.killed, "connections": self.connections})


class _Connection:
    def __init__(self, stream, plan, books, context):
        self.stream, self.plan, self.books, self.context = stream, plan, books, context
        self.ours, self.theirs = stream.getsockname(), stream.getpeername()
        with books.lock:
            self.number = len(books.connections)
            self.record = {"way": None, "requests": 0, "ended": None}
            books.connections.append(self.record)
        self.random = random.Random(f"{plan['seed']}-{self.number}")
        self.way = self.random.choices(list(plan["ways"]), plan["ways"].values())[0]
        self.record["way"] = self.way

    def run(self):
        try:
            self.stream.settimeout(30)
            if self.context:
                self.stream = self.context.wrap_socket(self.stream, server_side=True)
            self.serve()
        finally:
            self.stream.close()

    def serve(self):
        spent = False
        limit = max(self.random.uniform(*self.plan["idle"]), FIRST_REQUEST_SECONDS)
        while True:
            if not spent and not self.readable(limit):
                if self.way in WHILE_IDLE:
                    return self.end_idle()
                if self.way == "silent":
                    return sockets.vanish(self.stream)
                spent = True  # the next request meets the end
            if spent and self.way == "refuse":
                return self.refuse()
            request = read_request(self.stream)
            if request is None:
                return
            if spent and self.way == "late":
                self.note(self.books.refused, request)
                return self.stream.sendall(TIMEOUT)
            self.execute(request)
            if spent:
                self.note(self.books.killed, request)
                return self.close(self.random.random() < 0.5)
            time.sleep(self.random.uniform(*ANSWER_SECONDS))
            self.answer(request)
            limit = self.random.uniform(*self.plan["idle"])

    def readable(self, seconds):
        if self.context and self.stream.pending():
            return True
        waiting = select.poll()
        waiting.register(self.stream, select.POLLIN)
        return bool(waiting.poll(1000 * seconds))

    def execute(self, request):
        with self.books.lock:
            self.books.executed[request] += 1
            self.record["requests"] += 1

    def note(self, book, request):
        with self.books.lock:
            book.append(request)

    def answer(self, request):
        body = request.encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nOrigin-Connection: %d\r\n\r\n"
        self.stream.sendall(head % (len(body), self.number) + body)

    def refuse(self):
        """Looks at what comes and closes with it unread: the kernel answers by a reset."""
        data = self.stream.recv(65536, 0 if self.context else socket.MSG_PEEK)
        if data:
            self.note(self.books.refused, path_of(data))
            self.close(self.random.random() < 0.5)

    def end_idle(self):
        self.record["ended"] = math.inf
        if self.way == "notice":
            self.stream.sendall(TIMEOUT)
        self.close(self.way == "rst")
        self.record["ended"] = sockets.when_known(self.ours, self.theirs)

    def close(self, by_reset):
        if by_reset:
            sockets.reset_on_close(self.stream)
        elif self.context and self.random.random() < 0.5:
            self.stream.setblocking(False)  # says close_notify, does not wait for the other's
            with contextlib.suppress(ssl.SSLError):
                self.stream.unwrap()
        self.stream.close()


def main():
    plan, books, context = json.loads(sys.argv[1]), _Books(), None
    sockets.when_known(("127.0.0.1", 1), ("127.0.0.1", 1))  # fails here if the kernel cannot say
    if "key" in plan:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(plan["certificate"], plan["key"])
    origin = BlockingOrigin(lambda stream: _Connection(stream, plan, books, context).run())
    print(origin.port, flush=True)
    sys.stdin.readline()
    print(books.text(), flush=True)
    os._exit(0)  # without waiting for connections that nobody will end


if __name__ == "__main__":
    main()
