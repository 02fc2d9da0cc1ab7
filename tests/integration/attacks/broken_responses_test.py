"""An origin that answers badly: its client is told, its connection is never used again, and no
other client ever sees a byte of it."""

import socket
import unittest

import harness
from attacks import malicious_responses
from harness import Daemon, session
from origins import Answer, Origin, respond

ASK = b"GET /%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class BrokenResponsesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bad = Answer(b"")
        cls.origin = Origin(lambda request: cls.bad if request.target == "/bad" else
                            respond(f"good from {request.connection.number}"))
        cls.daemon = Daemon(session("shop", cls.origin.url, timeouts={"response": "1s"}),
                            log={"access": False})

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)
        cls.origin.__exit__()

    def ask(self, path, lines=ASK):
        with self.daemon.connect("shop") as client:
            client.sendall(lines % path)
            return harness.read_to_end(client)

    def good(self):
        """An answer as it should be; yields the number of the connection it came over."""
        answer, reset = self.ask(b"good")
        self.assertFalse(reset)
        self.assertEqual(harness.statuses(answer), [200], answer[:500])
        _, _, body = answer.partition(b"\r\n\r\n")
        self.assertRegex(body, rb"\Agood from \d+\Z")
        return int(body.rpartition(b" ")[2])

    def check_connection_is_gone(self, used):
        self.assertGreater(self.good(), used, "a connection in doubt was used again")
        self.assertLessEqual(self.origin.max_open, 1)

    def assert_bad_gateway(self, answer):
        self.assertEqual(harness.statuses(answer), [502], answer[:500])
        head = answer.partition(b"\r\n\r\n")[0].lower()
        self.assertIn(b"application/problem+json", head)
        self.assertIn(b"proxy-status:", head)

    def test_a_broken_head_is_a_502_on_a_new_connection_and_on_a_reused_one(self):
        for name, data in malicious_responses.broken_heads():
            type(self).bad = Answer(data, then="close")
            with self.subTest(name):
                used = self.good()  # so that the bad one meets a reused connection
                answer, _ = self.ask(b"bad")
                self.assert_bad_gateway(answer)
                self.assertNotIn(b"hello", answer)
                self.check_connection_is_gone(used)

    def test_a_broken_head_that_stays_open_is_a_502_as_well(self):
        for name, data in malicious_responses.broken_heads():
            if name in ("nothing at all", "only an empty line") or name.startswith("half"):
                continue  # of these nothing more can be known than that they are late
            type(self).bad = Answer(data, then="keep")
            with self.subTest(name):
                used = self.good()
                answer, _ = self.ask(b"bad")
                self.assertIn(harness.statuses(answer), ([502], [504]), answer[:500])
                self.check_connection_is_gone(used)

    def test_silence_is_a_504(self):
        type(self).bad = Answer(b"HTTP/1.1 200 OK\r\nContent-", then="stall")
        answer, _ = self.ask(b"bad")
        self.assertEqual(harness.statuses(answer), [504])
        self.assertIn(b"http_response_timeout", answer)

    def test_a_truncated_body_is_seen_by_clients_of_1_1_and_1_0(self):
        for version in (b"1.1", b"1.0"):
            lines = ASK.replace(b"HTTP/1.1", b"HTTP/" + version)
            for name, data, end in malicious_responses.truncated_bodies():
                type(self).bad = Answer(data, then=end)
                with self.subTest(name, version=version):
                    used = self.good()
                    answer, reset = self.ask(b"bad", lines)
                    self.assertTrue(reset or not is_whole(answer), answer[:500])
                    self.check_connection_is_gone(used)

    def test_what_follows_an_answer_is_nobody_s_answer(self):
        for name, data in malicious_responses.more_than_asked_for():
            type(self).bad = Answer(data)
            for path in (b"bad", b"bad"):
                with self.subTest(name):
                    used = self.good()
                    answer, reset = self.ask(path)
                    self.assertFalse(reset)
                    self.assertEqual(harness.statuses(answer), [200], answer[:500])
                    self.assertNotIn(b"secret", answer)
                    self.check_connection_is_gone(used)

    def test_bytes_on_an_idle_connection_discard_it(self):
        before = self.good()
        connection = self.origin.connections[before - 1]
        with self.origin.lock:
            connection.stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        harness.eventually(lambda: not connection.open, what="the connection's end")
        self.check_connection_is_gone(before)

    def test_a_second_answer_never_reaches_the_next_client_that_already_waits(self):
        """The dangerous moment: a connection goes to a waiter in the very turn it came back."""
        for name, data in malicious_responses.more_than_asked_for():
            type(self).bad = Answer(data, delay=0.05)
            with self.subTest(name):
                first, second = self.daemon.connect("shop"), self.daemon.connect("shop")
                with first, second:
                    first.sendall(ASK % b"bad")
                    second.sendall(ASK % b"good")
                    answers = [harness.read_to_end(client)[0] for client in (first, second)]
                for answer in answers:
                    self.assertNotIn(b"secret", answer)
                self.assertEqual(harness.statuses(answers[1])[-1], 200)
                self.assertIn(b"good from", answers[1])

    def test_an_origin_that_refuses_is_a_502_and_one_that_returns_is_found(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        with Daemon(session("gone", f"http://127.0.0.1:{port}")) as daemon:
            for _ in range(5):
                status, fields, _ = daemon.get("gone")
                self.assertEqual(status, 502)
                self.assertIn("connection_refused", fields["Proxy-Status"])


def is_whole(answer):
    """Whether the message in these bytes ends as its framing says (a close-delimited one always
    does, as far as bytes can tell)."""
    head, _, body = answer.partition(b"\r\n\r\n")
    head = head.lower()
    if b"\r\ntransfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) == int(line.partition(b":")[2])
    return True


if __name__ == "__main__":
    harness.run_tests()
