"""Rates and pauses hold for all programs together, measured where they matter: at the origin."""

import subprocess
import sys
import threading
import time
import unittest

import harness
from harness import Daemon, session
from origins import Origin, respond

CALLER = """
import sys, urllib.request
for number in range(int(sys.argv[2])):
    urllib.request.urlopen(sys.argv[1], timeout=60).read()
    print("done", flush=True)
"""


class Clocked:
    """Notes when each request arrived."""

    def __init__(self, answer=lambda request: respond("ok")):
        self.answer = answer
        self.times = []

    def __call__(self, request):
        self.times.append(time.monotonic())
        return self.answer(request)


class RateTest(unittest.TestCase):
    RATE, BURST, CALLS = 20, 5, 30

    def test_two_processes_together_keep_to_the_bucket_and_neither_starves(self):
        app = Clocked()
        with Origin(app) as origin, Daemon(session(
                "shop", origin.url, connections=4,
                rate={"limit": f"{self.RATE}/s", "burst": self.BURST})) as daemon:
            callers = [subprocess.Popen([sys.executable, "-c", CALLER, daemon.url("shop"),
                                         str(self.CALLS)], stdout=subprocess.PIPE, text=True)
                       for _ in range(2)]
            shares = [len(caller.communicate(timeout=60)[0].splitlines()) for caller in callers]
        self.assertEqual(shares, [self.CALLS, self.CALLS])
        self.assertEqual(len(app.times), 2 * self.CALLS)
        self.assert_bucket(app.times)

    def assert_bucket(self, times):
        """In any window from one request to another no more than the bucket gives; what the
        machine delays may shorten a window by is less than two requests' worth."""
        late = 2.0 / self.RATE
        for first in range(len(times)):
            for last in range(first, len(times)):
                allowed = self.BURST + (times[last] - times[first] + late) * self.RATE
                self.assertLessEqual(last - first + 1, allowed + 1e-6)

    def test_without_a_queue_one_too_many_is_told_when_to_come_back(self):
        with Origin(lambda request: "ok") as origin, Daemon(session(
                "shop", origin.url, rate="1/m", queue={"max": 0})) as daemon:
            self.assertEqual(daemon.get("shop")[0], 200)
            status, headers, _ = daemon.get("shop")
            self.assertEqual(status, 429)
            self.assertIn("http_request_denied", headers["Proxy-Status"])
            self.assertTrue(55 <= int(headers["Retry-After"]) <= 60, headers["Retry-After"])


class PauseTest(unittest.TestCase):
    def test_a_retry_after_holds_back_everybody_and_loses_nobody(self):
        refused = threading.Event()

        def answer(request):
            if not refused.is_set():
                refused.set()
                return respond("slow down", "429 Too Many Requests", [("Retry-After", "2")])
            return respond("ok")

        app = Clocked(answer)
        with Origin(app) as origin, Daemon(session(
                "shop", origin.url, retry={"on": ["connect", 429]})) as daemon:
            results = []

            def call():
                results.append(daemon.get("shop")[0])

            callers = [threading.Thread(target=call) for _ in range(20)]
            callers[0].start()
            refused.wait(10)
            for caller in callers[1:]:
                caller.start()
            for caller in callers:
                caller.join()
        self.assertEqual(results, [200] * 20)
        self.assertEqual(len(app.times), 21)
        self.assertGreaterEqual(app.times[1] - app.times[0], 2.0)

    def test_a_pause_that_is_too_long_is_told_at_once(self):
        app = Clocked(lambda request: respond("later", "503 Service Unavailable",
                                              [("Retry-After", "3600")]))
        with Origin(app) as origin, Daemon(session(
                "shop", origin.url, retry={"on": [503]})) as daemon:
            status, headers, body = daemon.get("shop")
            self.assertEqual((status, headers["Retry-After"], body), (503, "3600", b"later"))
            status, headers, _ = daemon.get("shop")
            self.assertEqual(status, 503)
            self.assertGreater(int(headers["Retry-After"]), 3500)
            self.assertIn("connection_limit_reached", headers["Proxy-Status"])
        self.assertEqual(len(app.times), 1)


if __name__ == "__main__":
    harness.run_tests()
