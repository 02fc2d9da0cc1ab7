"""The status page in a real browser, with a load behind it.

With TRUNKD_SCREENSHOTS=DIRECTORY it leaves pictures of itself there.
"""

import http.client
import json
import os
import re
import socket
import threading
import time
import unittest

import browser
import harness
import origins
from harness import Daemon, session

TAB, ENTER = "\ue004", "\ue007"
MODES = [(1280, 900, False), (1280, 900, True), (400, 800, False), (400, 800, True)]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Load:
    """Clients of two sessions: one that works, one whose queue is full at times."""

    def __init__(self, daemon):
        self.stopped = False
        self.threads = [threading.Thread(target=self._run, args=(daemon.port(name), path))
                        for name, path in [("shop", "/"), ("shop", "/"), ("shop", "/slow"),
                                           ("api", "/"), ("api", "/missing"), ("gone", "/")]]
        for thread in self.threads:
            thread.start()

    def _run(self, port, path):
        while not self.stopped:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                client.request("GET", path)
                client.getresponse().read()
            finally:
                client.close()
            time.sleep(0.01)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join(30)


def answer(request):
    if request.target == "/missing":
        return origins.respond("no", status="503 Service Unavailable")
    return origins.respond("ok", delay=0.2 if request.target == "/slow" else 0.0)


def value_of(metrics, name, **labels):
    """The sum of a metric's values with these labels, from the text of /metrics."""
    total = 0
    for found in re.finditer(r"(?m)^" + name + r"(?:\{(.*)\})? (\S+)$", metrics):
        has = dict(re.findall(r'(\w+)="([^"]*)"', found[1] or ""))
        if all(has.get(key) == wanted for key, wanted in labels.items()):
            total += float(found[2])
    return total


@unittest.skipUnless(browser.is_installed(), "there is no Chromium here")
class PageTest(unittest.TestCase):
    def setUp(self):
        self.origin = self.enterContext(origins.Origin(answer))
        closed = socket.create_server(("127.0.0.1", 0))
        refusing = closed.getsockname()[1]
        closed.close()
        self.daemon = self.enterContext(Daemon({
            **session("shop", self.origin.url, connections=12),
            **session("api", self.origin.url, connections=2),
            **session("gone", f"http://127.0.0.1:{refusing}"),
        }))
        self.admin = UnixConnection(self.daemon.path("admin.sock"))
        self.addCleanup(self.admin.close)
        self.admin.request("POST", "/page", "{}", {"Content-Type": "application/json"})
        self.url = json.loads(self.admin.getresponse().read())["url"]
        self.load = Load(self.daemon)
        self.addCleanup(self.load.stop)

    def verb(self, path):
        admin = UnixConnection(self.daemon.path("admin.sock"))
        admin.request("POST", path, "{}", {"Content-Type": "application/json"})
        admin.getresponse().read()
        admin.close()

    def test_every_number_agrees_with_the_metrics_in_every_size_and_colour(self):
        token = None
        for width, height, dark in MODES:
            with self.subTest(width=width, dark=dark), \
                    browser.Browser(width, height, dark) as page:
                if token is None:
                    page.open(self.url)
                else:  # the one-time token is used up; a tab keeps what it was exchanged for
                    page.open(self.url.split("#")[0])
                    page.run(f"sessionStorage.setItem('token', {json.dumps(token)})")
                    page.open(self.url.split("#")[0])
                page.wait_for("document.querySelectorAll('.session').length === 3")
                page.wait_for("document.querySelectorAll('#failure-rows tr').length > 3")
                page.wait_for("trends.get('shop').rates.length > 3")
                self.assertNotEqual(page.run("document.querySelector('.charts path').getAttribute('d')"),
                                    "M0 32", "the rate is drawn")
                token = page.run("sessionStorage.getItem('token')")
                self.assertNotIn("#", page.run("location.href"), "the token left the address")
                self.judge_numbers(page)
                self.judge_looks(page, width, dark)
                self.judge_manners(page)
                if directory := os.environ.get("TRUNKD_SCREENSHOTS"):
                    name = f"page-{width}-{'dark' if dark else 'light'}.png"
                    page.screenshot(os.path.join(directory, name))

    def judge_numbers(self, page):
        # Both of one moment, since the page draws and notes what it drew from in one step.
        numbers, metrics = page.run("""[[...document.querySelectorAll('[data-metric]')].map(one =>
            [one.closest('.session')?.dataset.session ?? '', one.dataset.metric, one.textContent]),
            shown]""")
        self.assertGreater(len(numbers), 15)
        of_daemon = {
            "requests": ("trunkd_requests_total", {}),
            "active": ("trunkd_requests_active", {}),
            "waiting": ("trunkd_queue_depth", {}),
            "clients": ("trunkd_clients", {}),
            "connections": ("trunkd_connections", {}),
        }
        for name, what, text in numbers:
            shown = float(text.split(" / ")[0].replace(",", ""))
            if what == "failed":
                expected = value_of(metrics, "trunkd_responses_total", code="5xx") + \
                    value_of(metrics, "trunkd_requests_aborted_total")
            elif name == "":
                expected = value_of(metrics, of_daemon[what][0])
            elif what == "busy":
                expected = value_of(metrics, "trunkd_connections", session=name, state="active")
            elif what == "opened":
                expected = value_of(metrics, "trunkd_connections_opened_total", session=name)
            else:
                expected = value_of(metrics, of_daemon[what][0], session=name)
            self.assertEqual(shown, expected, (name, what))

    def judge_looks(self, page, width, dark):
        self.assertEqual(page.run("innerWidth"), width)
        self.assertLessEqual(page.run("document.documentElement.scrollWidth"), width,
                             "nothing sticks out at the side")
        red, green, blue = map(int, re.findall(
            r"\d+", page.run("getComputedStyle(document.body).backgroundColor"))[:3])
        self.assertEqual((red + green + blue) / 3 < 128, dark)
        # A cell for each connection of the limit.
        self.assertEqual(page.run("document.querySelectorAll('[data-session=shop] .cell').length"), 12)

    def judge_manners(self, page):
        complaints = [entry for entry in page.log("browser")
                      if entry["level"] in ("SEVERE", "WARNING")]
        self.assertEqual(complaints, [])
        own = self.url.split("#")[0]
        foreign = [url for url in page.requested() if not url.startswith((own, "data:", "chrome"))]
        self.assertEqual(foreign, [])

    def test_it_is_used_by_keyboard_alone_and_speaks_of_what_changes(self):
        with browser.Browser(1280, 900) as page:
            page.open(self.url)
            page.wait_for("document.querySelectorAll('.session').length === 3")
            page.press(TAB)
            self.assertEqual(page.run("document.activeElement.className"), "skip")
            page.press(ENTER)
            self.assertEqual(page.run("document.activeElement.id"), "sessions-title")
            page.run("document.querySelector('.skip').focus()")
            page.press(TAB)
            self.assertEqual(page.run("document.activeElement.id"), "hold")
            self.assertNotEqual(page.run("getComputedStyle(document.activeElement).outlineStyle"),
                                "none", "the focus is seen")
            page.press(ENTER)
            self.assertEqual(page.run("document.activeElement.getAttribute('aria-pressed')"), "true")
            held = page.run("shown")
            page.press(ENTER)
            page.wait_for("shown !== " + json.dumps(held))
            self.verb("/sessions/api/pause")
            page.wait_for("document.getElementById('spoken').textContent === 'api is paused'")
            page.wait_for("document.querySelector('[data-session=api] .state').textContent === 'paused'")
            self.verb("/sessions/api/resume")
            unnamed = page.run("""[...document.querySelectorAll('[role=img], section, [role=region]')]
                .filter(one => !one.ariaLabel && !one.getAttribute('aria-labelledby')).length""")
            self.assertEqual(unnamed, 0)

    def test_without_its_token_it_shows_nothing_and_says_why(self):
        with browser.Browser(1280, 900) as page:
            page.open(self.url.split("#")[0])
            page.wait_for("!document.getElementById('notice').hidden")
            self.assertIn("trunkd ctl page", page.run("document.getElementById('notice').textContent"))
            self.assertEqual(page.run("document.querySelectorAll('.session').length"), 0)

    def test_when_the_command_ends_the_page_says_so(self):
        with browser.Browser(1280, 900) as page:
            page.open(self.url)
            page.wait_for("document.querySelectorAll('.session').length === 3")
            self.admin.close()
            page.wait_for("!document.getElementById('notice').hidden")
            self.assertIn("does not answer", page.run("document.getElementById('notice').textContent"))


if __name__ == "__main__":
    harness.run_tests()
