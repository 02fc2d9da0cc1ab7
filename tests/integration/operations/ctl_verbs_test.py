"""The verbs of `trunkd ctl` do what they say while clients are at work."""

import http.client
import json
import threading
import unittest

import harness
from control import ctl, ctl_json
from harness import Daemon, eventually, session
from origins import Answer, Origin, respond

HALF_A_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"


class Load:
    """Clients that ask one request after the other until they are told to stop."""

    def __init__(self, daemon, name, clients):
        self._daemon, self._name = daemon, name
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.statuses = []
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._daemon.port(self._name),
                                                timeout=60)
        while not self._stopping.is_set():
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
            with self._lock:
                self.statuses.append(answer.status)
        connection.close()

    def count(self):
        with self._lock:
            return len(self.statuses)

    def goes_on(self, requests=50):
        target = self.count() + requests
        eventually(lambda: self.count() >= target, what="the load's progress")

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Asking(threading.Thread):
    """One request in the background."""

    def __init__(self, daemon, name, path="/"):
        super().__init__()
        self.status = self.body = self.broken = None
        self._ask = lambda: daemon.get(name, path)
        self.start()

    def run(self):
        try:
            self.status, _, self.body = self._ask()
        except (http.client.IncompleteRead, ConnectionResetError) as error:
            self.broken = error

    def ended(self):
        self.join(30)
        assert not self.is_alive()
        return self

    def problem(self):
        return json.loads(self.ended().body)["type"]


def numbers(daemon, name="shop"):
    return ctl_json(daemon, "session", name)


class PauseTest(unittest.TestCase):
    def test_a_paused_session_sends_nothing_and_nobody_fails(self):
        clients = 8
        with Origin(lambda request: "ok") as origin, Daemon(
                session("shop", origin.url, connections=3)) as daemon:
            with Load(daemon, "shop", clients) as load:
                load.goes_on()
                said = ctl(daemon, "pause", "shop")
                self.assertIn("shop is paused", said)
                eventually(lambda: numbers(daemon)["queue"]["waiting"] == clients)
                self.assertEqual(numbers(daemon)["state"], "paused")
                self.assertEqual(numbers(daemon)["connections"]["busy"], 0)
                sent = len(origin.requests)
                self.assertEqual(sent, load.count())  # who is not served has not been sent
                self.assertEqual(ctl(daemon, "resume", "shop"), "shop is running.\n")
                load.goes_on()
            self.assertEqual(set(load.statuses), {200})
            self.assertEqual(len(origin.requests), load.count())
            self.assertLessEqual(origin.max_open, 3)

    def test_who_waits_too_long_is_told_that_the_session_is_paused(self):
        with Origin(lambda request: "ok") as origin, Daemon(
                session("shop", origin.url, queue={"timeout": "200ms"})) as daemon:
            ctl(daemon, "pause", "shop")
            asking = Asking(daemon, "shop")
            self.assertEqual(asking.ended().status, 503)
            self.assertEqual(asking.problem(), "urn:trunkd:session_paused")
            self.assertEqual(origin.requests, [])

    def test_all_sessions_are_paused_at_once_and_none_if_a_name_is_wrong(self):
        with Origin(lambda request: "ok") as origin, Daemon(
                {**session("shop", origin.url), **session("mail", origin.url)}) as daemon:
            self.assertEqual(ctl(daemon, "pause", "mail", "shp", code=1),
                             'trunkd: there is no session "shp", did you mean "shop"?\n')
            self.assertEqual(numbers(daemon, "mail")["state"], "running")
            ctl(daemon, "pause", "--all")
            self.assertEqual(numbers(daemon, "mail")["state"], "paused")
            self.assertEqual(numbers(daemon, "shop")["state"], "paused")
            ctl(daemon, "resume", "MAIL", "shop")  # in any case
            self.assertEqual(numbers(daemon, "mail")["state"], "running")


class OriginsPauseTest(unittest.TestCase):
    def pausing(self, seconds):
        """Answers the first request with a pause, the others with "ok"."""
        asked = threading.Event()

        def answer(request):
            if asked.is_set():
                return respond("ok")
            asked.set()
            return respond("slow", "429 Too Many Requests", [("Retry-After", str(seconds))])

        return Origin(answer)

    def test_a_resume_ends_the_pause_that_an_origin_asked_for(self):
        with self.pausing(3600) as origin, Daemon(session("shop", origin.url)) as daemon:
            self.assertEqual(daemon.get("shop")[0], 429)
            status, _, body = daemon.get("shop")
            self.assertEqual((status, json.loads(body)["type"]), (503, "urn:trunkd:paused"))
            ctl(daemon, "reconnect", "shop")
            self.assertEqual(daemon.get("shop")[0], 503)
            self.assertEqual(ctl(daemon, "resume", "shop"), "shop is running.\n")
            self.assertEqual(daemon.get("shop")[0], 200)

    def test_and_who_waits_for_its_end_is_served(self):
        with self.pausing(25) as origin, Daemon(session("shop", origin.url)) as daemon:
            self.assertEqual(daemon.get("shop")[0], 429)
            waiting = Asking(daemon, "shop")
            eventually(lambda: numbers(daemon)["queue"]["waiting"] == 1)
            ctl(daemon, "resume", "shop")
            eventually(lambda: not waiting.is_alive(), seconds=10)
            self.assertEqual(waiting.status, 200)


class ReconnectTest(unittest.TestCase):
    def test_every_connection_is_new_afterwards_and_no_request_is_lost(self):
        connections = 4
        with Origin(lambda request: "ok") as origin, Daemon(
                session("shop", origin.url, connections=connections)) as daemon:
            with Load(daemon, "shop", 8) as load:
                load.goes_on()
                ctl(daemon, "reconnect", "shop")
                with origin.lock:
                    before, old = len(origin.requests), origin.accepted
                load.goes_on(200)
                eventually(lambda: not any(one.open for one in origin.connections[:connections]))
            self.assertEqual(set(load.statuses), {200})
            self.assertEqual(len(origin.requests), load.count())
            # What was under way as the verb came may have arrived after we looked: one on each.
            late = [one for one in origin.requests[before:] if one.connection.number <= connections]
            self.assertLessEqual(len(late), connections)
            self.assertEqual(len({one.connection.number for one in late}), len(late))
            self.assertGreaterEqual(old, connections)
            self.assertLessEqual(origin.max_open, connections)

    def test_idle_connections_close_at_once(self):
        with Origin(lambda request: "ok") as origin, Daemon(
                session("shop", origin.url)) as daemon:
            daemon.get("shop")
            self.assertEqual(origin.open, 1)
            ctl(daemon, "reconnect", "shop")
            eventually(lambda: origin.open == 0)
            daemon.get("shop")
            self.assertEqual(origin.accepted, 2)


class KillTest(unittest.TestCase):
    def answers(self, request):
        if request.target == "/silent":
            return Answer(b"", then="stall")
        if request.target == "/half":
            return Answer(HALF_A_BODY, then="stall")
        return respond("ok")

    def test_what_is_under_way_ends_and_the_session_is_paused(self):
        with Origin(self.answers) as origin, Daemon(
                session("shop", origin.url, connections=2)) as daemon:
            silent = Asking(daemon, "shop", "/silent")
            half = Asking(daemon, "shop", "/half")
            eventually(lambda: len(origin.requests) == 2)
            in_line = Asking(daemon, "shop", "/")
            eventually(lambda: numbers(daemon)["queue"]["waiting"] == 1)

            ctl(daemon, "kill", "shop")
            for one in (silent, in_line):
                self.assertEqual(one.ended().status, 503)
                self.assertEqual(one.problem(), "urn:trunkd:killed")
            self.assertIsNotNone(half.ended().broken)
            eventually(lambda: origin.open == 0)

            self.assertEqual(numbers(daemon)["state"], "paused")
            later = Asking(daemon, "shop", "/")
            eventually(lambda: numbers(daemon)["queue"]["waiting"] == 1)
            ctl(daemon, "resume", "shop")
            self.assertEqual(later.ended().status, 200)


class CloseTest(unittest.TestCase):
    def test_who_comes_is_refused_and_who_is_there_is_served(self):
        def app(request):
            return respond("slow", delay=0.5) if request.target == "/slow" else respond("ok")

        with Origin(app) as origin, Daemon(
                session("shop", origin.url, connections=3)) as daemon:
            slow = Asking(daemon, "shop", "/slow")
            eventually(lambda: len(origin.requests) == 1)
            self.assertIn("shop is closed", ctl(daemon, "close", "shop"))
            refused = Asking(daemon, "shop", "/")
            self.assertEqual(refused.ended().status, 503)
            self.assertEqual(refused.problem(), "urn:trunkd:session_closed")
            self.assertEqual(slow.ended().body, b"slow")
            eventually(lambda: origin.open == 0)
            self.assertEqual(len(origin.requests), 1)

            ctl(daemon, "start", "shop", "--connections", "2")
            eventually(lambda: numbers(daemon)["connections"]["idle"] == 2)
            self.assertEqual(origin.open, 2)
            self.assertEqual(daemon.get("shop")[0], 200)
            self.assertEqual(origin.accepted, 3)

    def test_cookies_in_memory_are_forgotten(self):
        with Origin(lambda request: respond("ok", fields=[("Set-Cookie", "sid=1")])) as origin, \
                Daemon(session("shop", origin.url, cookies="memory")) as daemon:
            daemon.get("shop")
            self.assertIn("sid", ctl(daemon, "cookies", "list", "shop"))
            ctl(daemon, "close", "shop")
            self.assertEqual(ctl(daemon, "cookies", "list", "shop"), "There are no cookies.\n")


class ReloadTest(unittest.TestCase):
    def test_what_has_changed_is_said(self):
        with Origin(lambda request: "ok") as origin, Daemon(
                session("shop", origin.url)) as daemon:
            path = daemon.path("trunkd.yaml")
            with open(path) as file:
                config = json.load(file)
            self.assertEqual(ctl(daemon, "reload"), "Reloaded; no session has changed.\n")
            config["sessions"]["shop"]["connections"] = 3
            config["sessions"].update(session("mail", origin.url))
            with open(path, "w") as file:
                json.dump(config, file)
            self.assertEqual(ctl(daemon, "reload"), "added:    mail\nchanged:  shop\n")
            self.assertEqual(numbers(daemon)["connections"]["limit"], 3)
            self.assertIn("reloaded", ctl(daemon, "status"))


class DrainTest(unittest.TestCase):
    def test_who_is_there_is_served_and_the_daemon_ends_in_order(self):
        def app(request):
            return respond("slow", delay=0.5)

        with Origin(app) as origin, Daemon(session("shop", origin.url)) as daemon:
            slow = Asking(daemon, "shop")
            eventually(lambda: len(origin.requests) == 1)
            ctl(daemon, "drain")
            ctl(daemon, "wait", "--timeout", "0s", code=1)
            self.assertEqual(slow.ended().body, b"slow")
            self.assertEqual(daemon.process.wait(20), 0)


if __name__ == "__main__":
    harness.run_tests()
