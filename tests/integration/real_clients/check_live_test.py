"""`trunkd check --live` as an operator and a CI job run it: what it prints and its exit codes."""

import json
import os
import socket
import subprocess
import tempfile
import unittest

import harness
import peers
from harness import session
from origins import Answer, Origin, respond


def keep_for_a_minute(_):
    return Answer(respond("hello", fields=[("Keep-Alive", "timeout=60")]).data[:-len("hello")])


class CheckLiveTest(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="trunkd-test-"))
        self.file = os.path.join(self.directory, "trunkd.yaml")

    def check(self, sessions, *arguments):
        with open(self.file, "w") as out:
            json.dump({"listen": False, "sessions": sessions}, out)
        return subprocess.run([harness.binary(), "check", *arguments, "-c", self.file],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def check_json(self, sessions):
        done = self.check(sessions, "--live", "--json")
        self.assertEqual(done.stderr, "")
        return done.returncode, json.loads(done.stdout)

    def test_sessions_that_answer_are_told_in_columns(self):
        with Origin(keep_for_a_minute) as origin:
            url = origin.url + "/api"
            done = self.check({**session("shop", url),
                               "crawler": {"listen": 0, "allow_hosts": ["*.example.com"]}},
                              "--live")
            self.assertEqual(origin.requests[0].method, "HEAD")
        blank = " " * (len(url) - 1)
        self.assertEqual(done.stdout.splitlines(), [
            f"The configuration is good: 2 sessions in {self.file}.",
            f"shop     {url}  127.0.0.1:{origin.port}  no TLS  HTTP/1.1 200  "
            "keeps connections (timeout 60 s)",
            f"crawler  -{blank}  nothing to try: allow_hosts names no single host",
            "1 session answered, 1 with nothing to try.",
        ])
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_failure_is_told_with_its_hint_and_is_exit_code_1(self):
        with peers.PythonServer(peers.EchoHandler, tls=True) as untrusted:
            done = self.check(session("shop", untrusted.url), "--live")
        self.assertEqual(done.returncode, 1)
        _, line, hint, count = done.stdout.splitlines()
        self.assertRegex(line, r"^shop  https://\S+  failed: the certificate of \S+ \(\S+\) was "
                               r"issued by an unknown authority \(CN=trunkd test CA\)$")
        self.assertRegex(hint, r"^      If you trust it, let tls\.ca_file name ")
        self.assertEqual(count, "0 sessions answered, 1 failed.")

    def test_json_is_all_that_is_printed_and_has_the_certificates_end(self):
        with peers.PythonServer(peers.EchoHandler, tls=True) as trusted, \
                socket.create_server(("127.0.0.1", 0)) as silent:
            code, (good, stuck) = self.check_json({
                **session("good", trusted.url, tls={"ca_file": peers.certificates().ca}),
                **session("stuck", f"http://127.0.0.1:{silent.getsockname()[1]}",
                          timeouts={"response": "200ms"}),
            })
        self.assertEqual(code, 1)
        self.assertEqual((good["session"], good["ok"], good["tls_version"], good["tls_verified"]),
                         ("good", True, "1.3", True))
        self.assertEqual(good["certificate_days_left"], 1)
        self.assertRegex(good["certificate_not_after"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(len(good["warnings"]), 1)
        self.assertEqual((stuck["ok"], stuck["error"]), (False, "response_timeout"))
        self.assertIsNone(stuck["status"])

    def test_a_configuration_that_is_not_valid_is_exit_code_78_and_nothing_is_tried(self):
        with Origin(keep_for_a_minute) as origin:
            done = self.check(session("shop", origin.url, conections=3), "--live", "--json")
            self.assertEqual(origin.accepted, 0)
        self.assertEqual((done.returncode, done.stdout), (78, ""))
        self.assertIn('did you mean "connections"?', done.stderr)

    def test_json_without_live_is_a_mistake_of_the_command_line(self):
        done = self.check(session("shop", "http://127.0.0.1:1"), "--json")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--live", done.stderr)


if __name__ == "__main__":
    harness.run_tests()
