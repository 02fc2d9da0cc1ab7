"""Origins that misbehave in every way, many times and all at once, with good requests among them:
each client is told the truth in time, and nothing is left behind.

`--times 1000` after the daemon's path does each a thousand times; ctest does a hundred.
"""

import asyncio
import collections
import contextlib
import multiprocessing
import random
import sys
import threading
import time
import unittest

import harness
import sockets
from attacks import misbehaviours
from blocking_origin import BlockingOrigin, read_request
from harness import eventually

SHORT = 1  # seconds: of the time-outs
LATE = 5.0  # more than this after its time-out is too late, on a busy machine too
LIMIT = 150  # connections of a session
WARM_UP = 50  # times each before anything is measured: as many at once as there ever will be
LEAK_KIB = 2048
TIMES = 100
GOOD = misbehaviours.Misbehaviour("good", None, 200, "", "")


class Origin:
    """Takes requests for /KIND/NUMBER and misbehaves; /good/NUMBER is answered by its number, and
    /hold/NUMBER as well, but not before LIMIT of those are here at once."""

    def __init__(self, kinds):
        self.kinds = {kind.name: kind for kind in kinds}
        self.everybody = threading.Barrier(LIMIT)

    def __call__(self, stream):
        with stream:
            while (path := read_request(stream)) is not None:
                name, number = path.split("/")
                if name in self.kinds:
                    if self.kinds[name].behave(stream, int(number)):
                        continue
                    return
                if name == "hold":
                    self.everybody.wait(20)
                body = number.encode()
                stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def serve(pipe):
    """The main of the origin's process."""
    with BlockingOrigin(Origin(misbehaviours.all_of(SHORT))) as origin:
        pipe.send(origin.url)
        threading.Event().wait()  # until it is terminated


@contextlib.contextmanager
def origin_process():
    """The origin has a process of its own, so that its threads and the clients are not in each
    other's way; yields its URL."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    yield ours.recv()
    process.terminate()
    process.join()


class Answer:
    def __init__(self, data, reset, seconds):
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.head = head.decode("latin-1")
        self.status = (harness.statuses(data) or [0])[0]
        self.reset = reset
        self.seconds = seconds
        queue = self.head.partition("queue;dur=")[2].partition(",")[0]
        self.own_seconds = seconds - float(queue) / 1000  # of the queue no time-out of these speaks


async def ask(port, method, path):
    started = time.monotonic()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = "" if method == "GET" else "Content-Length: 4\r\n"
    body = "" if method == "GET" else "body"
    writer.write(f"{method} /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                 f"{length}\r\n{body}".encode())
    data, reset = bytearray(), False
    try:
        while part := await asyncio.wait_for(reader.read(65536), 60):
            data += part
    except ConnectionResetError:
        reset = True
    writer.close()
    return Answer(bytes(data), reset, time.monotonic() - started)


class BadOriginsTest(unittest.TestCase):
    def setUp(self):
        self.kinds = misbehaviours.all_of(SHORT)
        url = self.enterContext(origin_process())
        nobody = self.enterContext(sockets.unreachable())
        # `dead_after` is left out of this: what is half-open here owes an answer, not an ACK.
        timeouts = {name: f"{SHORT}s" for name in ("response", "read", "connect")}
        common = {"connections": LIMIT, "queue": {"timeout": "5m"}, "keepalive": {"idle": "1s"}}
        self.daemon = self.enterContext(harness.Daemon({
            **harness.session("shop", url, timeouts=timeouts, **common),
            **harness.session("endless", url, timeouts={**timeouts, "total": f"{2 * SHORT}s"},
                              **common),
            **harness.session("unreachable", f"http://127.0.0.1:{nobody}", timeouts=timeouts,
                              **common)}))
        self.asked = 0
        self.descriptors = self.daemon.open_descriptors() + 1  # the access log comes with its lines

    def test_the_truth_in_time_and_nothing_left_behind(self):
        self.attack(WARM_UP)
        self.wait_for_rest()
        memory = self.daemon.memory_kib()
        summary = self.attack(TIMES)
        asyncio.run(self.check_pool_is_whole())
        self.wait_for_rest()
        grown = self.daemon.memory_kib() - memory
        print_table(summary)
        print(f"descriptors: {self.descriptors} before and after; memory: {grown:+} KiB")
        if harness.is_release():
            self.assertLess(grown, LEAK_KIB)

    def attack(self, times):
        """Every kind that often, and as many good ones, in a random order; {kind: answers}."""
        work = [(kind, number) for kind in (*self.kinds, GOOD) for number in range(times)]
        random.Random(times).shuffle(work)
        answers = asyncio.run(self.ask_all(work))
        self.asked += len(work)
        records = {record["path"]: record for record in self.daemon.access_records(self.asked)}
        summary = collections.defaultdict(list)
        for (kind, number), answer in answers.items():
            self.check(kind, number, answer, records[f"/{kind.name}/{number}"])
            summary[kind.name].append(answer)
        return summary

    async def ask_all(self, work):
        """{(kind, number): answer}, with some more clients for each session than it has
        connections; but a session with a total time has no queue that could use that up."""
        answers = {}

        async def one_after_another(share):
            for kind, number in share:
                answers[kind, number] = await ask(
                    self.daemon.port(kind.session), ("GET", "POST")[number % 2],
                    f"{kind.name}/{number}")

        clients = []
        for session, count in (("shop", LIMIT + 20), ("unreachable", LIMIT + 20),
                               ("endless", LIMIT)):
            share = iter([item for item in work if item[0].session == session])
            clients += [one_after_another(share) for _ in range(count)]
        await asyncio.gather(*clients)
        return answers

    def check(self, kind, number, answer, record):
        what = (f"{kind.name}: {answer.head}\n{answer.body[:200]!r} "
                f"after {answer.seconds:.2f} s, {answer.own_seconds:.2f} s without the queue")
        self.assertEqual(answer.status, kind.status, what)
        self.assertEqual(record["error"] or "", kind.error, what)
        self.assertGreater(answer.seconds, kind.at_least - 0.05, what)
        self.assertLess(answer.own_seconds, kind.at_least + LATE, what)
        if kind.word:
            self.assertIn(f"error={kind.word}", answer.head, what)
        elif kind.error:
            length = int(answer.head.lower().partition("content-length:")[2].split()[0])
            self.assertTrue(answer.reset or len(answer.body) < length, what)
        else:
            body = b"%d" % number if kind is GOOD else b"hello"
            self.assertEqual((answer.body, answer.reset), (body, False), what)

    async def check_pool_is_whole(self):
        """LIMIT requests that are answered only when all of them are at the origin together."""
        answers = await asyncio.gather(*(ask(self.daemon.port("shop"), "GET", f"hold/{number}")
                                         for number in range(LIMIT)))
        self.assertEqual([(answer.status, answer.body) for answer in answers],
                         [(200, b"%d" % number) for number in range(LIMIT)])

    def wait_for_rest(self):
        """No client is left, and every idle connection is over its time."""
        eventually(lambda: self.daemon.open_descriptors() <= self.descriptors,
                   what="the end of every descriptor that was opened")


def print_table(summary):
    print(f"\n{'':18}{'times':>7}{'status':>8}{'median s':>10}{'longest s':>11}, not in the queue")
    for name, answers in summary.items():
        seconds = sorted(answer.own_seconds for answer in answers)
        print(f"{name:18}{len(answers):>7}{answers[0].status:>8}"
              f"{seconds[len(seconds) // 2]:>10.2f}{seconds[-1]:>11.2f}")


if __name__ == "__main__":
    if "--times" in sys.argv:
        at = sys.argv.index("--times")
        TIMES = int(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    harness.run_tests()
