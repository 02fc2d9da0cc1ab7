"""The traffic of the stale torture: clients that all ask at the same moments, with pauses that
connections do not survive.

They ask at once and then all are silent: so as many connections are idle as there were requests at
once, and none is kept alive by the others' traffic. stale_verdict.py judges what they saw.
"""

import asyncio
import contextlib
import dataclasses
import random
import re
import time

import harness
import peers
from stale_origin import StaleOrigin
from stale_verdict import Verdict

PATIENCE_SECONDS = 40
DEAD_AFTER_SECONDS = 1
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

    foreign: bool = False  # the answer was meant for somebody else

    @property
    def failed(self):
        return self.status != 200 or self.foreign


@dataclasses.dataclass(frozen=True, eq=False)
class World:
    """An origin with its clients. `gaps` are the pauses between two moments at which all ask."""

    name: str
    gaps: list
    seed: int = 1
    clients: int = 20
    connections: int = 20
    methods: dict = dataclasses.field(default_factory=lambda: METHODS)
    ways: dict = dataclasses.field(default_factory=lambda: WAYS)
    idle: tuple = (0.2, 3.0)
    jitter: float = 0.01
    tls: bool = False
    keepalive: dict = dataclasses.field(default_factory=dict)

    def named(self, name):
        """The same once more."""
        return dataclasses.replace(self, name=name)

    def start_origin(self):
        return StaleOrigin(self.seed, self.ways, self.idle,
                           peers.certificates() if self.tls else None)

    def session(self, origin):
        """The session of trunkd that leads to it."""
        tls = {"tls": {"ca_file": origin.tls.ca}} if origin.tls else {}
        return harness.session(
            self.name, origin.url, connections=self.connections, timeouts={"response": "20s"},
            keepalive={"dead_after": f"{DEAD_AFTER_SECONDS}s", **self.keepalive}, **tls)

    async def calls(self, port):
        """All the calls of its clients through the proxy at `port`."""
        moments = [time.monotonic() + 0.05]
        for gap in self.gaps[1:]:
            moments.append(moments[-1] + gap)
        each = await asyncio.gather(*(_Client(port, number, self).run(moments)
                                      for number in range(self.clients)))
        return [call for calls in each for call in calls]


def mixed(name, rounds, tls=False):
    """GET, PUT and POST over pauses most of which are shorter than any connection's time; the
    others spread over all of them."""
    draw = random.Random("pauses")
    gaps = []
    while len(gaps) < rounds:
        five = [draw.uniform(*span) for span in 3 * [(0.02, 0.16)] + 2 * [(0.2, 3.4)]]
        gaps += draw.sample(five, 5)
    return World(name, gaps[:rounds], tls=tls)


def racing_posts(name, rounds, tls=False):
    """POSTs that come at the very time at which connections end, in ways that can be known, and as
    many that wait for a connection to come back; every idle time is trusted."""
    return World(name, [0.2] * rounds, connections=10, methods={"POST": 1}, idle=(0.07, 0.17),
                 jitter=0.02, ways={way: WAYS[way] for way in ("fin", "rst", "notice")},
                 tls=tls, keepalive={"unsafe_idle": "10s"})


def seldom_posts(name, rounds, gap):
    """One client, one connection, an origin that keeps it for long: longer than what is trusted at
    first."""
    return World(name, [gap] * rounds, clients=1, connections=1, methods={"POST": 1},
                 idle=(60, 60))


async def torture(worlds, others=None):
    """All of them at once through one trunkd, each with its origin: {name: Verdict}.

    `others(world, origin)` may start another proxy for a world, as something with a `port` and a
    `stop()`; None leaves the world to trunkd."""
    with contextlib.ExitStack() as stack:
        origins = [stack.enter_context(world.start_origin()) for world in worlds]
        sessions, ports = {}, {}
        for world, origin in zip(worlds, origins):
            other = others(world, origin) if others else None
            if other:
                stack.callback(other.stop)
                ports[world.name] = other.port
            else:
                sessions.update(world.session(origin))
        daemon = stack.enter_context(harness.Daemon(sessions))
        ports.update({name: daemon.port(name) for name in sessions})
        calls = await asyncio.gather(*(world.calls(ports[world.name]) for world in worlds))
        return {world.name: Verdict(seen, origin.finish())
                for world, origin, seen in zip(worlds, origins, calls)}


class _Client:
    def __init__(self, port, number, world):
        self.port, self.number, self.world = port, number, world
        self.random = random.Random(f"client {world.seed}-{number}")
        self.reader = self.writer = None

    async def run(self, moments):
        calls = []
        for number, moment in enumerate(moments):
            await asyncio.sleep(moment + self.random.uniform(0, self.world.jitter)
                                - time.monotonic())
            methods = self.world.methods
            method = self.random.choices(list(methods), methods.values())[0]
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
            call.foreign, call.what = True, f"somebody else's answer: {body[:80]!r}"
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
