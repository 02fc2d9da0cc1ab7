"""The stale torture: clients that all ask at the same moments, with pauses that connections do not
survive; what they saw is compared with what the origin counted.

Twenty clients ask at once and then all are silent: so as many connections are idle as there were
requests at once, and none is kept alive by the others' traffic.
"""

import asyncio
import collections
import dataclasses
import random
import re
import time

PATIENCE_SECONDS = 40
METHODS = {"GET": 1, "PUT": 1, "POST": 2}
# While idle by FIN, RST or 408; at the moment of a request; by silence.
WAYS = {"fin": 30, "rst": 20, "notice": 10, "refuse": 15, "late": 5, "killed": 10, "silent": 10}


@dataclasses.dataclass
class Call:
    """One request as its client saw it."""

    id: str
    method: str
    started: float  # before its first byte was written
    status: int = 0  # 0: no answer came
    origin_connection: int = None
    proxy_connection: int = None  # trunkd's number of it
    reused: bool = None  # as trunkd says
    queued: float = 0.0  # seconds, as trunkd says
    seconds: float = 0.0
    what: str = ""  # of a failure: what trunkd says of it, or the client

    @property
    def failed(self):
        return self.status != 200


def pauses(seed, rounds, stale_share=0.4, longest=3.4):
    """Most are shorter than any connection's time; the others spread over all of them, the short
    ones being the likelier."""
    draw = random.Random(f"pauses {seed}")
    return [draw.uniform(0.02, 0.16) if draw.random() > stale_share
            else 0.2 * (longest / 0.2) ** draw.random() for _ in range(rounds)]


async def torture(port, seed, gaps, clients=20, methods=METHODS, jitter=0.01):
    """All the calls of a run through the proxy at `port`: each client makes one after each gap."""
    start = time.monotonic() + 0.05
    moments = [start]
    for gap in gaps[1:]:
        moments.append(moments[-1] + gap)
    each = await asyncio.gather(*(
        _Client(port, number, f"{seed}-{number}", methods, jitter).run(moments)
        for number in range(clients)))
    return [call for calls in each for call in calls]


class _Client:
    def __init__(self, port, number, seed, methods, jitter):
        self.port, self.number, self.jitter = port, number, jitter
        self.random = random.Random(f"client {seed}")
        self.methods = methods
        self.reader = self.writer = None

    async def run(self, moments):
        calls = []
        for number, moment in enumerate(moments):
            await asyncio.sleep(moment + self.random.uniform(0, self.jitter) - time.monotonic())
            method = self.random.choices(list(self.methods), self.methods.values())[0]
            call = Call(f"{self.number}.{number}", method, time.monotonic())
            calls.append(call)
            try:
                await asyncio.wait_for(self.ask(call), PATIENCE_SECONDS)
            except (OSError, EOFError, asyncio.TimeoutError) as error:
                call.what = call.what or repr(error)
                self.leave()
            call.seconds = time.monotonic() - call.started
        self.leave()
        return calls

    async def ask(self, call):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        call.started = time.monotonic()
        body = b"" if call.method == "GET" else b"x" * self.random.randrange(1, 2000)
        length = b"" if call.method == "GET" else b"Content-Length: %d\r\n" % len(body)
        self.writer.write(b"%s /%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (
            call.method.encode(), call.id.encode(), length) + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(re.findall(r"(?m)^([A-Za-z-]+): *(.*)\r$", head))
        fields = {name.lower(): value for name, value in fields.items()}
        length = fields.get("content-length")
        body = await (self.reader.read() if length is None
                      else self.reader.readexactly(int(length)))
        _fill(call, int(head.split()[1]), fields)
        if call.status == 200 and body.decode() != call.id:
            call.status, call.what = 0, f"somebody else's answer: {body[:80]!r}"
        if length is None or fields.get("connection", "").lower() == "close":
            self.leave()

    def leave(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def _fill(call, status, fields):
    call.status = status
    if "origin-connection" in fields:
        call.origin_connection = int(fields["origin-connection"])
    ours = re.match(r"(new|reused); id=(\d+)", fields.get("trunkd-connection", ""))
    if ours:
        call.reused, call.proxy_connection = ours[1] == "reused", int(ours[2])
    queue = re.search(r"queue;dur=([\d.]+)", fields.get("server-timing", ""))
    call.queued = float(queue[1]) / 1000 if queue else 0.0
    if status != 200:
        call.what = fields.get("proxy-status") or f"status {status}"


class Verdict:
    """What the clients saw and what the origin counted, put together."""

    def __init__(self, calls, books):
        self.calls, self.books = calls, books
        self.failures = collections.Counter(call.method for call in calls if call.failed)
        self.posts_twice = [call.id for call in calls if call.method == "POST"
                            and books["executed"].get(call.id, 0) > 1]
        # An answer of 200 without the origin's execution would be an answer to somebody else.
        self.unfounded = [call for call in calls
                          if not call.failed and call.id not in books["executed"]]
        self.connections = len(books["connections"])
        served = sum(connection["requests"] for connection in books["connections"])
        first = sum(connection["requests"] > 0 for connection in books["connections"])
        self.reuse = (served - first) / max(1, served)
        self.reasons = collections.Counter()  # of failed POSTs
        self.faults = []  # failed POSTs that no origin can be blamed for
        self._blame()

    def errors(self, *methods):
        return [call for call in self.calls if call.failed and call.method in methods]

    def _blame(self):
        known = {call.proxy_connection: call.origin_connection for call in self.calls
                 if call.origin_connection is not None}
        for call in self.errors("POST"):
            reason = self._reason(call, known.get(call.proxy_connection))
            self.reasons[reason or "avoidable"] += 1
            if not reason:
                self.faults.append(call)

    def _reason(self, call, number):
        """Why nobody could know, before this request was written, that it would fail."""
        if call.id in self.books["refused"]:
            return "refused at its arrival"
        if call.id in self.books["killed"]:
            return "executed, then no answer"
        if number is None:  # a connection that never answered anything: was there one to blame?
            candidates = [c for c in self.books["connections"] if c["requests"] == 0]
        else:
            candidates = [self.books["connections"][number]]
        # The head was complete after `started`, and left the queue `queued` later, at the earliest.
        written = call.started + call.queued
        for connection in candidates:
            if connection["way"] == "silent":
                return "silence"
            if connection["ended"] is not None and connection["ended"] >= written:
                return "the end was on its way"
        return None


ROW = "{:34}{:>9}{:>8}{:>8}{:>8}{:>8}{:>10}{:>9}{:>13}"


def table(verdicts):
    """{name: Verdict} as text, side by side."""
    lines = [ROW.format("", "requests", "GET", "PUT", "POST", "POST", "POST", "reuse",
                        "connections"),
             ROW.format("", "", "errors", "errors", "errors", "twice", "avoidable", "", "opened")]
    for name, verdict in verdicts.items():
        ours = any(call.proxy_connection for call in verdict.calls)
        lines.append(ROW.format(
            name, len(verdict.calls), *(verdict.failures[m] for m in ("GET", "PUT", "POST")),
            len(verdict.posts_twice), len(verdict.faults) if ours else "-",
            f"{100 * verdict.reuse:.1f} %", verdict.connections))
    return "\n".join(lines)
