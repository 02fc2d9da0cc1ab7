"""Clients that dawdle, and clients that leave in the middle: the pool is whole again afterwards."""

import socket
import struct
import time
import unittest

import harness
from harness import Daemon, eventually, session
from origins import Answer, Origin, respond

TIMES = 100
GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b"POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
MEBIBYTE = b"m" * (1 << 20)


class SlowLorisTest(unittest.TestCase):
    def setUp(self):
        self.origin = self.enterContext(Origin(lambda request: "fine"))
        self.daemon = self.enterContext(Daemon(
            session("shop", self.origin.url), downstream={"head_timeout": "1s", "idle": "2s"}))

    def drip(self, prefix, piece):
        """Sends a piece every 50 ms until the daemon has had enough; (bytes, seconds)."""
        started = time.monotonic()
        with self.daemon.connect("shop") as client:
            client.sendall(prefix)
            client.settimeout(0.05)
            received = b""
            while time.monotonic() - started < 15:
                try:
                    part = client.recv(65536)
                    if not part:
                        break
                    received += part
                except TimeoutError:
                    try:
                        client.sendall(piece)
                    except OSError:
                        break
                except ConnectionResetError:
                    break
        return received, time.monotonic() - started

    def test_a_head_that_never_ends_is_cut_off_in_time(self):
        for prefix in (b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-"):
            answer, seconds = self.drip(prefix, b"a")
            self.assertLess(seconds, 10, prefix)
            self.assertIn(harness.statuses(answer), ([408], [400], []))
        answer, seconds = self.drip(b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: y\r\n")
        self.assertLess(seconds, 10)
        self.assertEqual(self.origin.received(), b"")

    def test_a_client_that_says_nothing_is_let_go(self):
        started = time.monotonic()
        with self.daemon.connect("shop") as client:
            answer, _ = harness.read_to_end(client)
        self.assertLess(time.monotonic() - started, 9)
        self.assertIn(harness.statuses(answer), ([], [408]))

    def test_five_hundred_slow_ones_do_not_keep_others_out(self):
        slow = [self.daemon.connect("shop") for _ in range(500)]
        for client in slow:
            client.sendall(b"GET / HTTP/1.1\r\nHost: ")
        status, _, body = self.daemon.get("shop")
        self.assertEqual((status, body), (200, b"fine"))
        for client in slow:
            with client:
                self.assertIn(harness.statuses(harness.read_to_end(client)[0]), ([408], []))


class GoneTest(unittest.TestCase):
    """A client leaves TIMES times at each stage, by close and by reset in turn."""

    CONNECTIONS = 3

    def setUp(self):
        self.origin = self.enterContext(Origin(self.app))
        self.daemon = self.enterContext(Daemon(
            session("shop", self.origin.url, connections=self.CONNECTIONS)))
        self.assert_whole()
        self.descriptors = self.daemon.open_descriptors()

    def app(self, request):
        if request.target == "/large":
            return respond(MEBIBYTE * 8)
        if request.target == "/slow":
            return respond("slow", delay=0.02)
        if request.target == "/half":
            return Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
        return respond("fine " + str(len(request.body)))

    def assert_whole(self):
        """As many as may be at once, all answered, and never more connections than that."""
        clients = [self.daemon.connect("shop") for _ in range(4 * self.CONNECTIONS)]
        for client in clients:
            client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for client in clients:
            with client:
                answer, _ = harness.read_to_end(client)
                self.assertEqual(harness.statuses(answer), [200], answer[:500])
                self.assertTrue(answer.endswith(b"slow"))
        self.assertLessEqual(self.origin.max_open, self.CONNECTIONS)

    def leave(self, client, number):
        if number % 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

    def check(self, send, at_once=1, resets_only=False):
        for number in range(0, TIMES, at_once):
            clients = [self.daemon.connect("shop") for _ in range(at_once)]
            for client in clients:
                send(client)
            for offset, client in enumerate(clients):
                self.leave(client, 1 if resets_only else number + offset)
        self.assert_whole()
        eventually(lambda: self.daemon.open_descriptors() <= self.descriptors + self.CONNECTIONS,
                   what="the end of every descriptor that the clients cost")
        for request in self.origin.requests:
            self.assertEqual(len(request.body), 0, "a body that was cut short arrived as whole")

    def test_before_saying_anything(self):
        self.check(lambda client: None)

    def test_within_the_head(self):
        self.check(lambda client: client.sendall(b"GET /never HTTP/1.1\r\nHost: loc"))
        self.assertNotIn(b"/never", self.origin.received())

    def test_while_waiting_in_the_queue(self):
        self.check(lambda client: client.sendall(GET % b"/slow"), at_once=25)

    def test_before_the_answer(self):
        self.check(lambda client: client.sendall(GET % b"/slow"))

    def test_within_the_body_that_goes_up(self):
        self.check(lambda client: client.sendall(BODY + b"x" * 1000))

    def test_within_a_chunked_body_that_goes_up(self):
        self.check(lambda client: client.sendall(
            BODY.replace(b"Content-Length: 1000000", b"Transfer-Encoding: chunked")
            + b"5\r\nhello\r\n"))

    def test_within_the_body_that_comes_down(self):
        def read_a_little(client):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            client.sendall(GET % b"/large")
            self.assertTrue(client.recv(4096).startswith(b"HTTP/1.1 200 "))
        self.check(read_a_little)

    def test_within_a_body_that_the_origin_does_not_finish(self):
        def read_half(client):
            client.sendall(GET % b"/half")
            seen = b""
            while not seen.endswith(b"half"):
                part = client.recv(4096)
                self.assertTrue(part)
                seen += part
        # A FIN would be a half-close: this client could still be reading.
        self.check(read_half, resets_only=True)

    def test_a_client_that_shuts_down_its_side_still_gets_its_answer(self):
        for _ in range(TIMES):
            with self.daemon.connect("shop") as client:
                client.sendall(GET % b"/slow")
                client.shutdown(socket.SHUT_WR)
                answer, _ = harness.read_to_end(client)
                # It may have waited for a connection at that moment; then it counts as gone.
                self.assertIn(harness.statuses(answer), ([200], []))
        self.assert_whole()


if __name__ == "__main__":
    harness.run_tests()
