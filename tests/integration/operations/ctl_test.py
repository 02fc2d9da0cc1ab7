"""`trunkd ctl`: what it shows, how it fails, how it waits, and what it leaves behind."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import harness
from control import admin, ctl, ctl_command, ctl_json
from harness import Daemon, eventually, session
from origins import Origin, respond


def one_session(origin, **fields):
    return session("shop", origin.url, **fields)


class LookingTest(unittest.TestCase):
    def test_each_view_has_a_text_and_the_json_of_the_interface(self):
        with Origin(lambda request: "ok") as origin, Daemon(
                one_session(origin, cookies="memory")) as daemon:
            daemon.get("shop")
            views = {
                ("status",): ("/status", "is running"),
                ("sessions",): ("/sessions", "shop"),
                ("pools",): ("/sessions", "shop"),
                ("session", "shop"): ("/sessions/shop", "shop is running"),
                ("requests",): ("/requests", "No request has failed"),
                ("cookies", "list", "shop"): ("/sessions/shop/cookies", "There are no cookies."),
            }
            for words, (path, part) in views.items():
                self.assertIn(part, ctl(daemon, *words))
                shape = json.loads(admin(daemon, "GET", path)[2])
                shown = ctl_json(daemon, *words)
                self.assertEqual(type(shown), type(shape))
                if isinstance(shape, dict):
                    self.assertEqual(list(shown), list(shape))
            self.assertEqual(ctl(daemon, "config"), admin(daemon, "GET", "/config")[2].decode())
            comments = [[line for line in text.splitlines() if line.startswith("#")] for text in
                        (ctl(daemon, "metrics"), admin(daemon, "GET", "/metrics")[2].decode())]
            self.assertEqual(*comments)  # the numbers move on
            self.assertEqual(ctl(daemon, "__complete", "sessions"), "shop\n")

    def test_top_shows_rates_and_tells_them_to_programs(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(origin)) as daemon:
            top = subprocess.Popen(ctl_command(daemon, "top", "--json", "--interval", "300ms"),
                                   stdout=subprocess.PIPE, text=True)
            try:
                deadline = time.monotonic() + 30
                busy = None
                while busy is None and time.monotonic() < deadline:
                    daemon.get("shop")
                    ready, _, _ = select.select([top.stdout], [], [], 0)
                    if ready:
                        line = json.loads(top.stdout.readline())
                        if line["requests_per_second"]:
                            busy = line
            finally:
                top.send_signal(signal.SIGINT)
                top.communicate(timeout=20)
            self.assertEqual(top.returncode, 0)
            self.assertGreater(busy["requests_per_second"], 0)
            self.assertGreaterEqual(busy["seconds"], 0.3)
            self.assertEqual(busy["sessions"][0]["name"], "shop")
            self.assertGreater(busy["sessions"][0]["leases_per_second"], 0)
            self.assertIn("REQUESTS/S", ctl(daemon, "top", "--once", "--interval", "100ms"))

    def test_top_leaves_the_terminal_as_it_was(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(origin)) as daemon:
            ours, theirs = pty.openpty()
            top = subprocess.Popen(ctl_command(daemon, "top", "--interval", "100ms"),
                                   stdout=theirs, stdin=theirs, start_new_session=True,
                                   env={**os.environ, "TERM": "xterm"})
            os.close(theirs)
            drawn = b""
            while drawn.count(b"REQUESTS/S") < 3:
                drawn += os.read(ours, 65536)
            top.send_signal(signal.SIGINT)
            try:
                while part := os.read(ours, 65536):
                    drawn += part
            except OSError:
                pass  # the other end has gone
            os.close(ours)
            self.assertEqual(top.wait(20), 0)
            self.assertTrue(drawn.startswith(b"\x1b[?1049h\x1b[?25l"))
            self.assertTrue(drawn.endswith(b"\x1b[?25h\x1b[?1049l"))


class WhyTest(unittest.TestCase):
    def test_an_answer_leads_to_its_story(self):
        def app(request):
            return respond("no", "500 Internal Server Error") if request.target == "/bad" else "ok"

        with Origin(app) as origin, Daemon(one_session(origin)) as daemon:
            _, headers, _ = daemon.get("shop", "/good?secret=1")
            good = headers["Trunkd-Request-Id"]
            _, headers, _ = daemon.get("shop", "/bad")
            bad = headers["Trunkd-Request-Id"]
            story = ctl(daemon, "why", good)
            self.assertIn(f'a client asked session "shop" for GET /good (request {good})', story)
            self.assertIn(f"It was for {origin.url}.", story)
            self.assertIn("The client got status 200, 2 bytes", story)
            self.assertNotIn("secret", story)
            self.assertIn("which was open already", ctl(daemon, "why", bad))

            listed = ctl_json(daemon, "requests", "--session", "shop", "--limit", "5")["requests"]
            self.assertEqual([one["id"] for one in listed], [bad])  # the other one went well
            self.assertIn(bad, ctl(daemon, "requests"))
            self.assertIn('there is no request "x"', ctl(daemon, "why", "x", code=1))

    def test_a_failure_says_what_to_do(self):
        with Origin(lambda request: "ok") as gone:
            url = gone.url
        with Daemon(session("shop", url)) as daemon:
            status, headers, _ = daemon.get("shop")
            self.assertEqual(status, 502)
            story = ctl(daemon, "why", headers["Trunkd-Request-Id"])
            self.assertIn("(connection_refused)", story)
            self.assertIn("What to do: Nothing listens there", story)


class FailingTest(unittest.TestCase):
    def test_nobody_there(self):
        with tempfile.TemporaryDirectory() as directory:
            ended = subprocess.run([harness.binary(), "ctl", "status"], capture_output=True,
                                   text=True, env={"RUNTIME_DIRECTORY": directory})
            self.assertEqual(ended.returncode, 1)
            self.assertIn(f"there is no admin socket at {directory}/admin.sock", ended.stderr)
            self.assertIn("is trunkd running?", ended.stderr)

    def test_not_allowed(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(origin)) as daemon:
            if os.geteuid() == 0:  # whom no mode keeps out
                as_other = {"user": 65534, "group": 65534, "extra_groups": []}
                if subprocess.run(["test", "-x", harness.binary()], **as_other).returncode != 0:
                    self.skipTest("the daemon's program is not for other users here")
            else:
                as_other = {}
                os.chmod(daemon.path("admin.sock"), 0)
            said = ctl(daemon, "status", code=77, **as_other)
            self.assertIn("you may not use", said)
            self.assertIn("admin.group", said)

    def test_wrong_words(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(origin)) as daemon:
            def said(*words):
                ended = subprocess.run([harness.binary(), *words], capture_output=True, text=True)
                self.assertEqual(ended.returncode, 2, ended.stderr)
                return ended.stderr

            self.assertIn('unknown command "ctl stats", did you mean "ctl status"?',
                          said("ctl", "stats"))
            self.assertIn('"ctl stats"', said("ctl", "--socket", "/x", "stats"))
            self.assertIn('unknown command "ctl cookies lst"', said("ctl", "cookies", "lst"))
            self.assertIn("--all", said("ctl", "pause"))
            self.assertIn("unit", said("ctl", "wait", "--timeout", "5"))
            self.assertEqual(ctl(daemon, "session", "shp", code=1),
                             'trunkd: there is no session "shp", did you mean "shop"?\n')
            self.assertEqual(ctl(daemon, "requests", "--session", "x", code=1),
                             'trunkd: there is no session "x"\n')

    def test_the_configuration_says_where_the_socket_is(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(origin)) as daemon:
            config = daemon.path("trunkd.yaml")
            command = [harness.binary(), "ctl", "-c", config, "status"]
            self.assertIn("is running", subprocess.check_output(command, text=True))
            broken = daemon.path("broken.yaml")
            with open(broken, "w") as out:
                out.write("sesions: {}\n")
            ended = subprocess.run([harness.binary(), "ctl", "status", "-c", broken],
                                   capture_output=True, text=True)
            self.assertEqual(ended.returncode, 78)
            self.assertIn('did you mean "sessions"?', ended.stderr)

    def test_a_reload_that_is_refused_shows_each_mistake(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(origin)) as daemon:
            with open(daemon.path("trunkd.yaml"), "w") as out:
                out.write("sessions: {shop: {conections: 1}}\n")
            said = ctl(daemon, "reload", code=78)
            self.assertTrue(said.endswith("\ntrunkd: nothing was changed\n"), said)
            ended = subprocess.run(ctl_command(daemon, "reload", "--json"), capture_output=True,
                                   text=True)
            self.assertEqual(ended.returncode, 78)
            errors = json.loads(ended.stdout)["errors"]
            self.assertEqual(said.splitlines()[:-1], errors)
            self.assertEqual(daemon.get("shop")[0], 200)


class WaitTest(unittest.TestCase):
    def test_it_waits_for_the_socket_too(self):
        with Origin(lambda request: "ok") as origin, tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "later.sock")
            waiting = subprocess.Popen([harness.binary(), "ctl", "wait", "--socket", path])
            with Daemon(one_session(origin), admin={"socket": path}):
                self.assertEqual(waiting.wait(30), 0)
            ended = subprocess.run([harness.binary(), "ctl", "wait", "--socket", path, "--timeout",
                                    "100ms"], capture_output=True, text=True)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("not ready: there is no admin socket", ended.stderr)

    def test_started_means_that_the_warm_connections_are_there(self):
        with Origin(lambda request: "ok") as origin, Daemon(one_session(
                origin, connections=2, keepalive={"warm": 2})) as daemon:
            ctl(daemon, "wait", "--for", "started")
            self.assertEqual(origin.accepted, 2)


class PageTest(unittest.TestCase):
    def exchange(self, base, token):
        request = urllib.request.Request(
            base + "/token", json.dumps({"token": token}).encode(),
            {"Content-Type": "application/json", "Origin": base})
        with self.opener.open(request, timeout=20) as answer:
            return json.load(answer)["token"]

    def get(self, url, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.opener.open(urllib.request.Request(url, headers=headers), timeout=20)

    def refused(self, call):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            call()
        with caught.exception:
            return caught.exception.code

    def setUp(self):
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def test_the_url_is_good_once_and_the_port_ends_with_the_command(self):
        with Origin(lambda request: "ok") as origin, Daemon(
                one_session(origin, cookies="memory")) as daemon:
            page = subprocess.Popen(ctl_command(daemon, "page"), stdout=subprocess.PIPE, text=True)
            url = page.stdout.readline().strip()
            base, once = re.fullmatch(r"(http://127\.0\.0\.1:\d+)/#([0-9a-f]{64})", url).groups()
            with self.get(base + "/") as answer:
                self.assertIn("text/html", answer.headers["Content-Type"])
                self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
            self.assertEqual(self.refused(lambda: self.get(base + "/status")), 401)
            self.assertEqual(self.refused(lambda: self.get(base + "/status", once)), 401)
            token = self.exchange(base, once)
            self.assertNotEqual(token, once)
            self.assertEqual(self.refused(lambda: self.exchange(base, once)), 403)
            self.assertEqual(self.exchange(base, token), token)  # the page was loaded again
            with self.get(base + "/status", token) as answer:
                self.assertEqual(json.load(answer)["state"], "running")

            export = base + "/sessions/shop/cookies/export"
            self.assertEqual(self.refused(lambda: self.get(export, token)), 403)
            verb = urllib.request.Request(
                base + "/sessions/shop/pause", b"{}",
                {"Content-Type": "application/json", "Authorization": f"Bearer {token}"})
            self.assertEqual(self.refused(lambda: self.opener.open(verb, timeout=20)), 403)

            page.send_signal(signal.SIGINT)
            page.communicate(timeout=20)
            self.assertEqual(page.returncode, 0)

            def closed():
                try:
                    self.get(base + "/").close()
                except (urllib.error.URLError, ConnectionError):
                    return True
                return False

            eventually(closed)

    def test_it_ends_with_the_daemon(self):
        with Origin(lambda request: "ok") as origin:
            with Daemon(one_session(origin)) as daemon:
                page = subprocess.Popen(ctl_command(daemon, "page", "--json"),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                text = ""
                while not text.endswith("}\n"):
                    text += page.stdout.readline()
                self.assertIn("/#", json.loads(text)["url"])
            said = page.communicate(timeout=20)[1]
            self.assertEqual(page.returncode, 1)
            self.assertIn("the daemon has ended", said)


class CookiesTest(unittest.TestCase):
    def test_the_jar_of_a_running_daemon(self):
        def app(request):
            if request.target == "/set":
                return respond("ok", fields=[("Set-Cookie", "sid=1; HttpOnly"),
                                             ("Set-Cookie", "theme=dark; Max-Age=86400")])
            return respond(request.field("Cookie") or "none")

        with Origin(app) as origin, Daemon(one_session(origin, cookies="memory")) as daemon:
            daemon.get("shop", "/set")
            table = ctl(daemon, "cookies", "list", "shop")
            self.assertRegex(table, r"(?m)^127\.0\.0\.1 +/ +sid +session +HttpOnly$")
            self.assertNotIn("dark", table)
            exported = ctl(daemon, "cookies", "export", "shop")
            self.assertIn("theme\tdark", exported)
            self.assertEqual(ctl(daemon, "cookies", "clear", "shop", "sid"),
                             "Removed 1 cookie, 1 is left.\n")
            self.assertEqual(daemon.get("shop")[2], b"theme=dark")
            self.assertEqual(ctl(daemon, "cookies", "clear", "shop", "--domain", "example.com"),
                             "Removed 0 cookies, 1 is left.\n")
            ctl(daemon, "cookies", "clear", "shop")
            self.assertEqual(daemon.get("shop")[2], b"none")
            self.assertEqual(ctl(daemon, "cookies", "import", "shop", input=exported),
                             "Imported 2 cookies, there are 2 now.\n")
            self.assertIn(b"sid=1", daemon.get("shop")[2])
            self.assertIn("there is no cookie in what",
                          ctl(daemon, "cookies", "import", "shop", input="", code=1))
            latin = daemon.path("latin.txt")
            with open(latin, "wb") as out:
                out.write(b"127.0.0.1\tFALSE\t/\tFALSE\t0\tname\tw\xf6rt\n")
            self.assertIn("not in UTF-8",
                          ctl(daemon, "cookies", "import", "shop", latin, code=1))

    def test_a_jar_for_each_value_of_trunkd_jar_has_to_be_named(self):
        app = lambda request: respond("ok", fields=[("Set-Cookie", "sid=1; Max-Age=1000")])
        with Origin(app) as origin, Daemon(
                {**one_session(origin, cookies={"scope": "header"}),
                 **session("plain", origin.url)}) as daemon:
            daemon.get("shop", headers={"Trunkd-Jar": "jane"})
            for verb in ("list", "clear", "export"):
                said = ctl(daemon, "cookies", verb, "shop", code=1)
                self.assertIn("each value of Trunkd-Jar: name one by --jar VALUE", said)
                self.assertNotIn('"jar"', said)
            self.assertIn('there is no jar "joe"',
                          ctl(daemon, "cookies", "list", "shop", "--jar", "joe", code=1))
            self.assertIn("sid", ctl(daemon, "cookies", "list", "shop", "--jar", "jane"))
            self.assertEqual(ctl(daemon, "cookies", "clear", "shop", "--jar", "jane"),
                             "Removed 1 cookie, 0 are left.\n")
            self.assertIn("keeps no cookies", ctl(daemon, "cookies", "list", "plain", code=1))

    def test_a_jar_in_a_file_that_nobody_has_used_yet_is_read_first(self):
        with Origin(lambda request: "ok") as origin, tempfile.TemporaryDirectory() as state:
            os.mkdir(os.path.join(state, "cookies"))
            with open(os.path.join(state, "cookies", "shop.txt"), "w") as out:
                out.write("127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tsid\t1\n")
            os.mkdir(os.path.join(state, "cookies", "bad.txt"))  # no file: root reads any
            with Daemon({**one_session(origin, cookies="persist"),
                         **session("bad", origin.url, cookies="persist")},
                        {"STATE_DIRECTORY": state}) as daemon:
                self.assertIn("sid", ctl(daemon, "cookies", "list", "shop"))
                self.assertIn("bad.txt: Is a directory",
                              ctl(daemon, "cookies", "list", "bad", code=1))


if __name__ == "__main__":
    harness.run_tests()
