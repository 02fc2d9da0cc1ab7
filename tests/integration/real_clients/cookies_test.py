"""A login made by one program is there for all the others, and for the daemon after a crash."""

import os
import random
import subprocess
import sys
import tempfile
import threading
import unittest

import requests

import harness
from harness import Daemon, session
from origins import Origin, respond

ROUNDS, CHANGES_PER_ROUND = 50, 200


class Shop:
    """An origin with a login: POST /login gives a cookie, /account wants it."""

    def __call__(self, request):
        if request.method == "POST" and request.target == "/login":
            if request.body != b"user=jane&password=pw":
                return respond("wrong", "403 Forbidden")
            return respond("welcome", fields=[
                ("Set-Cookie", "sid=a1b2c3; Path=/; HttpOnly"),
                ("Set-Cookie", "theme=dark; Path=/; Max-Age=86400")])
        if request.target == "/account":
            cookie = request.field("Cookie") or ""
            if "sid=a1b2c3" not in cookie:
                return respond("who are you?", "401 Unauthorized")
            return respond("jane " + cookie)
        return respond("ok")


def curl(*arguments):
    return subprocess.run(["curl", "-sS", "--noproxy", "*", *arguments], capture_output=True,
                          text=True, timeout=30, check=True).stdout


class LoginTest(unittest.TestCase):
    def test_a_login_is_shared_by_all_programs_and_survives_a_crash(self):
        with Origin(Shop()) as origin, tempfile.TemporaryDirectory() as state:
            shop = session("shop", origin.url, cookies="persist")
            environment = {"STATE_DIRECTORY": state}
            with Daemon(shop, environment) as daemon:
                said = curl("-i", "-d", "user=jane&password=pw", daemon.url("shop", "/login"))
                self.assertIn("welcome", said)
                self.assertNotIn("set-cookie", said.lower())  # it is the session's
                self.everybody_is_logged_in(daemon)
                daemon.kill()

            jar = os.path.join(state, "cookies", "shop.txt")
            self.assertEqual(os.stat(jar).st_mode & 0o777, 0o600)
            said = curl("-b", jar, origin.url + "/account")  # its order is its own
            self.assertEqual(sorted(said.replace(";", "").split()),
                             ["jane", "sid=a1b2c3", "theme=dark"])

            with Daemon(shop, environment) as daemon:
                self.everybody_is_logged_in(daemon)

    def everybody_is_logged_in(self, daemon):
        url = daemon.url("shop", "/account")
        expected = "jane sid=a1b2c3; theme=dark"
        self.assertEqual(curl(url), expected)
        self.assertEqual(requests.get(url, timeout=20).text, expected)
        program = "import urllib.request, sys; print(urllib.request.urlopen(sys.argv[1]).read())"
        printed = subprocess.run([sys.executable, "-c", program, url], capture_output=True,
                                 text=True, timeout=30, check=True).stdout
        self.assertIn(expected, printed)
        shell = f"wget -q --no-proxy -O - {url}"
        self.assertEqual(subprocess.check_output(["sh", "-c", shell], text=True, timeout=30),
                         expected)

    def test_a_jar_that_cannot_be_read_is_an_error_and_nothing_is_sent(self):
        with Origin(Shop()) as origin, tempfile.TemporaryDirectory() as state:
            os.makedirs(os.path.join(state, "cookies", "shop.txt"))  # no file: root reads any
            with Daemon(session("shop", origin.url, cookies="persist"),
                        {"STATE_DIRECTORY": state}) as daemon:
                for _ in range(2):
                    status, headers, body = daemon.get("shop", "/account")
                    self.assertEqual(status, 502)
                    self.assertIn("proxy_internal_error", headers["Proxy-Status"])
                    self.assertIn(b"urn:trunkd:jar_unavailable", body)
            self.assertEqual(sum("shop.txt" in line for line in daemon.lines), 1)
            self.assertEqual(origin.requests, [])

    def test_the_clients_own_cookie_wins_and_the_rest_is_added(self):
        with Origin(Shop()) as origin, Daemon(session("shop", origin.url,
                                                      cookies="memory")) as daemon:
            curl("-d", "user=jane&password=pw", daemon.url("shop", "/login"))
            said = curl("-b", "theme=light; own=1", daemon.url("shop", "/account"))
            self.assertIn("theme=light", said)
            self.assertIn("own=1", said)
            self.assertIn("sid=a1b2c3", said)
            self.assertNotIn("theme=dark", said)

    def test_each_value_of_trunkd_jar_has_cookies_of_its_own(self):
        with Origin(Shop()) as origin, Daemon(session(
                "shop", origin.url, cookies={"scope": "header"})) as daemon:
            jane = ("-H", "Trunkd-Jar: jane")
            curl(*jane, "-d", "user=jane&password=pw", daemon.url("shop", "/login"))
            self.assertIn("jane", curl(*jane, daemon.url("shop", "/account")))
            joe = curl("-H", "Trunkd-Jar: joe", daemon.url("shop", "/account"))
            self.assertEqual(joe, "who are you?")
            self.assertEqual(curl(daemon.url("shop", "/account")), "who are you?")
            status, _, _ = daemon.get("shop", "/", headers={"Trunkd-Jar": "../jane"})
            self.assertEqual(status, 400)
            self.assertFalse(any((request.field("Trunkd-Jar") for request in origin.requests)))


class CrashTest(unittest.TestCase):
    """What a client was told of is there after kill -9, whenever it comes."""

    def test_no_cookie_whose_answer_came_is_lost_by_a_kill(self):
        def app(request):
            name, value = request.target[1:].split("=")
            return respond(value, fields=[("Set-Cookie", f"{name}={value}; Max-Age=86400")])

        numbers = random.Random(7)
        known = {}  # name -> the value that was last answered, or found after a kill
        sent = {}   # name -> the last value that was asked for, answered or not
        rounds = ROUNDS if harness.is_release() else ROUNDS // 5
        with Origin(app) as origin, tempfile.TemporaryDirectory() as state:
            jar = os.path.join(state, "cookies", "shop.txt")
            for number in range(rounds):
                with Daemon(session("shop", origin.url, cookies="persist", connections=4),
                            {"STATE_DIRECTORY": state}) as daemon:
                    moment = numbers.randrange(1, 4 * CHANGES_PER_ROUND // 4)
                    self.change_until_killed(daemon, number, moment, known, sent)
                kept = cookies_of(jar)
                for name, value in known.items():
                    self.assertIn(kept.get(name), (value, sent[name]), f"{name} in round {number}")
                known.update(kept)  # a change that was kept although no answer came stays, too

    def change_until_killed(self, daemon, number, moment, known, sent):
        """Four callers with names of their own change cookies until one of them kills."""
        answered = threading.Semaphore(0)

        def call(caller):
            with requests.Session() as client:
                for change in range(CHANGES_PER_ROUND // 4):
                    name, value = f"c{caller}x{change % 7}", f"r{number}n{change}"
                    sent[name] = value
                    try:
                        said = client.get(daemon.url("shop", f"/{name}={value}"), timeout=20).text
                    except requests.RequestException:
                        return
                    if said != value:
                        return
                    known[name] = value
                    answered.release()

        callers = [threading.Thread(target=call, args=(caller,)) for caller in range(4)]
        for caller in callers:
            caller.start()
        for _ in range(moment):
            answered.acquire(timeout=20)
        daemon.kill()
        for caller in callers:
            caller.join()


def cookies_of(path):
    """As any reader of cookies.txt sees them: later lines count, an expiry in the past deletes."""
    found = {}
    with open(path) as lines:
        for line in lines:
            if not line.endswith("\n") or line.startswith("#") and not line.startswith("#HttpOnly_"):
                continue
            fields = line.rstrip("\n").split("\t")
            if len(fields) != 7:
                continue
            if fields[4] == "1":
                found.pop(fields[5], None)
            else:
                found[fields[5]] = fields[6]
    return found


if __name__ == "__main__":
    harness.run_tests()
