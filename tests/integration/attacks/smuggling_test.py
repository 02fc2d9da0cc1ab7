"""Requests that smuggle are refused, the connection closes, and the origin hears nothing of it."""

import contextlib
import socket
import unittest

import harness
from attacks import malicious_requests
from harness import Daemon, session
from origins import Origin, respond

INNOCENT = b"GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = INNOCENT[:-2] + b"Connection: close\r\n\r\n"


class SmugglingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.origin = Origin(lambda request: respond(f"answer to {request.target}\n"))
        cls.daemon = Daemon(session("shop", cls.origin.url, connections=4),
                            log={"access": False})

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)
        cls.origin.__exit__()

    def send(self, *parts):
        """Everything that comes back on one connection that carries these bytes."""
        with self.daemon.connect("shop") as client:
            with contextlib.suppress(OSError):  # it may be refused before all is sent
                for part in parts:
                    client.sendall(part)
            return harness.read_to_end(client)[0]

    def send_slowly(self, data):
        """The same, byte by byte where it matters: each in a segment of its own."""
        with self.daemon.connect("shop") as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):
                for at in range(len(data)):
                    client.send(data[at : at + 1])
            return harness.read_to_end(client)[0]

    def assert_others_are_served(self):
        status, _, body = self.daemon.get("shop", "/next")
        self.assertEqual((status, body), (200, b"answer to /next\n"))

    def check_refused(self, answer, right, before):
        codes = harness.statuses(answer)
        self.assertEqual(len(codes), 1, f"exactly one answer, then the end: {answer[:2000]!r}")
        self.assertIn(codes[0], right, answer[:500])
        head = answer.partition(b"\r\n\r\n")[0].lower()
        self.assertIn(b"connection: close", head)
        self.assertIn(b"application/problem+json", head)
        self.assertEqual(self.origin.received()[before:], b"", "the origin heard of it")

    def test_what_is_unclear_is_refused_and_nothing_of_it_forwarded(self):
        for name, data, right in malicious_requests.table():
            with self.subTest(name):
                before = len(self.origin.received())
                answer = self.send(data + LAST)
                if 200 in right and harness.statuses(answer)[:1] == [200]:
                    continue
                self.check_refused(answer, right, before)
        self.assert_others_are_served()

    def test_the_same_when_it_comes_byte_by_byte(self):
        for name, data, right in malicious_requests.table():
            if len(data) > 300 or 200 in right:
                continue
            with self.subTest(name):
                before = len(self.origin.received())
                self.check_refused(self.send_slowly(data), right, before)
        self.assert_others_are_served()

    def test_the_same_behind_a_good_request_on_the_connection(self):
        for name, data, right in malicious_requests.table():
            if 200 in right:
                continue
            with self.subTest(name):
                answer = self.send(INNOCENT + data + LAST)
                codes = harness.statuses(answer)
                self.assertEqual(codes[0], 200)
                self.assertEqual(len(codes), 2, answer[:2000])
                self.assertIn(codes[1], right)
        self.assert_nothing_smuggled()

    def test_a_body_that_breaks_never_ends_at_the_origin(self):
        for name, head, body in malicious_requests.bodies():
            for parts in ((head + body + LAST,), (head, body + LAST)):
                with self.subTest(name, parts=len(parts)):
                    requests = len(self.origin.requests)
                    answer = self.send(*parts)
                    codes = harness.statuses(answer)
                    self.assertLessEqual(len(codes), 1, answer[:2000])
                    self.assertFalse({200} & set(codes), answer[:500])
                    harness.eventually(self.no_request_is_under_way)
                    self.assertEqual(len(self.origin.requests), requests)
        self.assert_nothing_smuggled()

    def no_request_is_under_way(self):
        """A connection whose request was cut short must be closed, not kept."""
        with self.origin.lock:
            return not any(c.open and c.unparsed for c in self.origin.connections)

    def assert_nothing_smuggled(self):
        for request in self.origin.requests:
            self.assertIn(request.target, ("/second", "/next"))
        self.assertNotIn(b"/smuggled", self.origin.received())
        self.assertNotIn(b"/attack HTTP/1.1\r\n\r\n", self.origin.received())
        self.assert_others_are_served()

    def test_a_chunked_request_is_framed_anew(self):
        body = (b"POST /second HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"005;extension=secret\r\nhello\r\n00;last\r\n"
                b"Authorization: secret\r\nHost: elsewhere\r\nX-Checksum: 1\r\n\r\n")
        before = len(self.origin.received())
        self.assertEqual(harness.statuses(self.send(body + LAST)), [200, 200])
        seen = self.origin.received()[before:]
        self.assertNotIn(b"secret", seen)
        self.assertNotIn(b"elsewhere", seen)
        self.assertIn(b"\r\n5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n", seen)

    def test_an_absolute_target_for_another_host_or_scheme_stays_here(self):
        for target, right in ((b"http://elsewhere.test/attack", 421),
                              (b"ftp://localhost/attack", 400)):
            before = len(self.origin.received())
            answer = self.send(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n"
                               b"Connection: close\r\n\r\n")
            self.assertEqual(harness.statuses(answer), [right])
            self.assertEqual(len(self.origin.received()), before)

    def test_what_is_hop_by_hop_stays_here(self):
        before = len(self.origin.received())
        self.send(b"GET /second HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Private, TE\r\n"
                  b"X-Private: 1\r\nTE: trailers\r\nKeep-Alive: timeout=9\r\nTrailer: X\r\n"
                  b"Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n"
                  b"Proxy-Authorization: Basic c2hvcDp4\r\nTrunkd-Session: shop\r\n\r\n")
        seen = self.origin.received()[before:].lower()
        self.assertIn(b"get /second http/1.1", seen)
        for name in (b"x-private", b"\nte:", b"keep-alive", b"\ntrailer", b"proxy-", b"upgrade",
                     b"http2-settings", b"trunkd-"):
            self.assertNotIn(name, seen)

    def test_connection_cannot_strip_what_a_message_needs(self):
        before = len(self.origin.received())
        answer = self.send(b"POST /second HTTP/1.1\r\nHost: localhost\r\nConnection: Host, "
                           b"Content-Length, Authorization, close\r\nAuthorization: Bearer t\r\n"
                           b"Content-Length: 5\r\n\r\nhello")
        self.assertEqual(harness.statuses(answer), [200])
        seen = self.origin.received()[before:].lower()
        for field in (b"host: 127.0.0.1", b"content-length: 5", b"authorization: bearer t"):
            self.assertIn(field, seen)


if __name__ == "__main__":
    harness.run_tests()
