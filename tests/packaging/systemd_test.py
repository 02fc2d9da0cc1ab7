"""The package in a booted Debian: the service under its filters, under load, through reloads, stops,
crashes and hangs.

    python3 -B tests/packaging/systemd_test.py SUITE PACKAGE.deb

Needs root, systemd-nspawn and debootstrap.
"""

import http.client
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "integration")]

from booted import Booted  # noqa: E402
from clients import Clients  # noqa: E402
from origins import Origin, respond  # noqa: E402

SUITE, PACKAGE = "", ""
SHARED, SHOP, MORE = 7480, 8101, 8102


def eventually(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


class NameServer(threading.Thread):
    """Answers every question for shop.test with 127.0.0.1, over UDP port 53 of this network."""

    def __init__(self):
        super().__init__(daemon=True)
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.start()

    def run(self):
        while True:
            question, client = self.socket.recvfrom(512)
            end = question.index(b"\0", 12) + 5
            name, kind = question[12:end - 4], struct.unpack("!H", question[end - 4:end - 2])[0]
            known = name == b"\x04shop\x04test\0"
            self.asked += known
            answer = b""
            if known and kind == 1:
                answer = b"\xc0\x0c" + struct.pack("!HHIH4s", 1, 1, 1, 4, b"\x7f\0\0\1")
            flags = 0x8180 if known else 0x8183
            head = question[:2] + struct.pack("!HHHHH", flags, 1, 1 if answer else 0, 0, 0)
            self.socket.sendto(head + question[12:end] + answer, client)


def app(request):
    if request.target == "/login":
        return respond("in", fields=[("Set-Cookie", "sid=1; Max-Age=3600")])
    if request.target == "/slow":
        return respond("slow", delay=2.0)
    if request.target == "/echo":
        return respond(json.dumps([request.field("Authorization"), request.field("Cookie")]))
    return respond("ok")


def ask(path, port=SHOP):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, answer.read().decode()
    finally:
        client.close()


class SystemdTest(unittest.TestCase):
    """The steps build on each other: they are one life of one machine."""

    @classmethod
    def setUpClass(cls):
        cls.machine = Booted(SUITE, PACKAGE)
        cls.addClassCleanup(cls.machine.close)
        cls.machine.enter_network()
        cls.names = NameServer()
        cls.origin = Origin(app)
        cls.addClassCleanup(cls.origin.__exit__, None, None, None)
        cls.machine.write("etc/resolv.conf", "nameserver 127.0.0.1\n")
        secret = cls.machine.write("etc/trunkd/secrets/token", "s3cret\n", 0o600)
        os.chmod(os.path.dirname(secret), 0o700)
        cls.machine.write("etc/systemd/system/trunkd.service.d/test.conf",
                          "[Service]\nLoadCredential=token:/etc/trunkd/secrets/token\n")

    def configure(self, more=False, connections=50):
        """The shared port and a session; `more`: another session."""
        origin = f"http://shop.test:{self.origin.port}"
        sessions = {
            "shop": {"listen": [SHOP, {"unix": "/run/trunkd/shop.sock", "mode": "0660",
                                       "group": "trunkd"}],
                     "base_url": origin,
                     "connections": connections, "queue": {"max": 1000},
                     "cookies": {"persist": True},
                     "auth": {"bearer": "credential:token"}},
        }
        if more:
            sessions["more"] = {"listen": MORE, "base_url": origin}
        self.machine.write("etc/trunkd/trunkd.yaml",
                           json.dumps({"listen": SHARED, "sessions": sessions,
                                       "admin": {"mode": "0660", "group": "trunkd"}}))

    def pid(self):
        return int(self.machine.property("MainPID"))

    def test_01_the_package_runs_as_it_is_installed(self):
        self.machine.run("systemctl", "start", "trunkd")
        self.assertEqual(self.machine.property("ActiveState"), "active")
        self.assertIn("upstream connection", self.machine.property("StatusText"))
        self.machine.run("systemctl", "stop", "trunkd")
        self.assertEqual(self.machine.property("Result"), "success", self.machine.journal())

    def test_02_it_works_under_its_filters(self):
        self.configure()
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "start", "trunkd")
        self.assertEqual(ask("/login"), (200, "in"), self.machine.journal())
        self.assertEqual(ask("/echo"), (200, '["Bearer s3cret", "sid=1"]'))
        self.assertGreater(self.names.asked, 0, "the name was looked up")
        self.assertIn("sid", self.machine.read("var/lib/trunkd/cookies/shop.txt"))
        client = socket.socket(socket.AF_UNIX)
        client.connect(f"/proc/{self.machine.leader}/root/run/trunkd/shop.sock")
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        self.assertIn(b" 200 ", client.recv(4096))
        client.close()
        with open(self.process_status()) as status:
            facts = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
        self.assertEqual(facts["CapEff"].strip("0"), "")
        self.assertEqual(facts["CapBnd"].strip("0"), "")
        self.assertEqual(facts["NoNewPrivs"], "1")
        self.assertEqual(facts["Seccomp"], "2")
        self.assertNotEqual(facts["Uid"].split("\t")[0], "0")
        self.assertIn("shop", self.machine.run("trunkd", "ctl", "sessions").stdout)

    def process_status(self):
        return f"/proc/{self.machine.leader}/root/proc/{self.pid()}/status"

    def test_03_the_unit_is_sound(self):
        for unit in ("trunkd.service", "trunkd.socket"):
            done = self.machine.run("systemd-analyze", "verify", "--man=no", unit)
            self.assertEqual(done.stdout, "", "an unknown key only warns")
        done = self.machine.run("systemd-analyze", "security", "--no-pager", "--threshold=15",
                                "trunkd.service")
        print(done.stdout.strip().split("\n")[-1])

    def test_04_the_journal_has_priorities_and_fields(self):
        self.configure()
        self.machine.write("etc/trunkd/secrets/token", "an\x01other\n", 0o600)
        self.machine.run("systemctl", "restart", "trunkd")
        entries = [json.loads(line) for line in
                   self.machine.journal("-o", "json", "TRUNKD_SESSION=shop").splitlines()]
        self.assertTrue(entries, self.machine.journal())
        self.assertEqual(entries[-1]["PRIORITY"], "4")
        self.assertEqual(entries[-1]["SYSLOG_IDENTIFIER"], "trunkd")
        self.assertNotIn("other", entries[-1]["MESSAGE"])
        self.machine.write("etc/trunkd/secrets/token", "s3cret\n", 0o600)
        self.machine.run("systemctl", "restart", "trunkd")

    def test_05_reloads_under_load_fail_nobody(self):
        clients = Clients([SHOP])
        try:
            clients.wait_for_answers(400)
            for more in (True, False, True):
                self.configure(more=more, connections=60 if more else 40)
                self.machine.run("systemctl", "reload", "trunkd")
                if more:
                    self.assertEqual(ask("/", MORE)[0], 200)
                clients.wait_for_answers(200)
        finally:
            outcomes = clients.stop()
        self.assertEqual(set(outcomes), {"200"}, outcomes)
        print("three reloads:", outcomes)

    def test_06_a_refused_reload_says_why_and_changes_nothing(self):
        self.machine.write("etc/trunkd/trunkd.yaml", "sessions: {shop: {conections: 3}}")
        done = self.machine.run("systemctl", "reload", "trunkd", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(ask("/")[0], 200)
        self.assertIn("conections", self.machine.journal())
        self.configure()

    def test_07_a_stop_under_load_fails_nobody_who_was_let_in(self):
        clients = Clients([SHOP])
        slow = []
        late = [threading.Thread(target=lambda: slow.append(ask("/slow"))) for _ in range(20)]
        try:
            clients.wait_for_answers(400)
            before = len(self.origin.requests)
            for one in late:
                one.start()
            eventually(lambda: sum(r.target == "/slow" for r in self.origin.requests[before:]) >= 20,
                       "the slow requests")
            self.machine.run("systemctl", "stop", "trunkd")
        finally:
            outcomes = clients.stop()
        for one in late:
            one.join(20)
        self.assertEqual(slow, [(200, "slow")] * 20)
        self.assertLessEqual(set(outcomes), {"200", "refused"}, outcomes)
        self.assertEqual(self.machine.property("Result"), "success")
        print("a stop:", outcomes)

    def test_08_with_the_socket_nobody_is_refused_whatever_happens(self):
        self.machine.write("etc/systemd/system/trunkd.socket.d/shop.conf",
                           f"[Socket]\nListenStream=127.0.0.1:{SHOP}\nListenStream=[::1]:{SHOP}\n")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "start", "trunkd.socket")
        self.assertEqual(self.machine.property("ActiveState"), "inactive")
        self.assertEqual(ask("/")[0], 200, "the first request starts the service")
        self.assertEqual(self.machine.property("ActiveState"), "active")
        clients = Clients([SHOP])
        try:
            clients.wait_for_answers(400)
            self.machine.run("systemctl", "restart", "trunkd")
            clients.wait_for_answers(400)
        finally:
            outcomes = clients.stop()
        self.assertEqual(set(outcomes), {"200"}, outcomes)
        print("a restart with the socket: %s, the longest request %.2f s"
              % (outcomes, clients.longest))

    def test_09_an_upgrade_of_the_package_fails_nobody(self):
        clients = Clients([SHOP])
        try:
            clients.wait_for_answers(400)
            before = self.pid()
            self.machine.run("dpkg", "--install", "/trunkd.deb")
            self.assertNotIn(self.pid(), (0, before), "the new daemon runs")
            clients.wait_for_answers(400)
        finally:
            outcomes = clients.stop()
        self.assertEqual(set(outcomes), {"200"}, outcomes)
        print("an upgrade of the package with the socket:", outcomes)

    def test_10_after_kill_9_it_is_back_within_two_seconds_and_nobody_was_refused(self):
        clients = Clients([SHOP])
        try:
            clients.wait_for_answers(400)
            before = self.pid()
            self.machine.run("systemctl", "kill", "-s", "KILL", "trunkd")
            eventually(lambda: self.pid() not in (0, before) and self.is_answered(), "an answer")
            # By systemd's own clock: this test is busy with 200 clients.
            died, back = (int(self.machine.property(name)) / 1e6 for name in (
                "ActiveExitTimestampMonotonic", "ActiveEnterTimestampMonotonic"))
            clients.wait_for_answers(400)
        finally:
            outcomes = clients.stop()
        self.assertLess(back - died, 2)
        self.assertNotIn("refused", outcomes)
        lost = sum(count for outcome, count in outcomes.items() if outcome != "200")
        self.assertLessEqual(lost, 200, "those that were under way")
        print("kill -9: back after %.2f s, %s" % (back - died, outcomes))

    def is_answered(self):
        try:
            return ask("/")[0] == 200
        except OSError:
            return False

    def test_11_a_daemon_that_hangs_is_replaced(self):
        self.machine.write("etc/systemd/system/trunkd.service.d/watchdog.conf",
                           "[Service]\nWatchdogSec=1s\nTimeoutAbortSec=1s\n")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "restart", "trunkd")
        before, restarts = self.pid(), int(self.machine.property("NRestarts"))
        self.machine.run("systemctl", "kill", "-s", "STOP", "trunkd")
        eventually(lambda: int(self.machine.property("NRestarts")) > restarts
                   and self.pid() not in (0, before), "another start")
        self.assertEqual(ask("/")[0], 200)
        self.assertTrue(re.search("watchdog", self.machine.journal(), re.IGNORECASE))

    def test_12_a_socket_that_nobody_asks_for_is_an_error_that_names_it(self):
        self.machine.write("etc/systemd/system/trunkd.socket.d/other.conf",
                           "[Socket]\nListenStream=127.0.0.1:9999\n")
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "stop", "trunkd.service", "trunkd.socket")
        self.machine.run("systemctl", "start", "trunkd.socket")
        self.assertNotEqual(self.machine.run("systemctl", "start", "trunkd", check=False).returncode,
                            0)
        self.assertIn("127.0.0.1:9999", self.machine.journal())
        self.assertEqual(self.machine.property("ExecMainStatus"), "78")

    def test_13_a_broken_file_closes_no_port_and_once_mended_who_waits_is_answered(self):
        os.remove(os.path.join(self.machine.root, "etc/systemd/system/trunkd.socket.d/other.conf"))
        self.machine.run("systemctl", "daemon-reload")
        self.machine.run("systemctl", "reset-failed")
        self.machine.run("systemctl", "restart", "trunkd.socket")
        self.machine.write("etc/trunkd/trunkd.yaml", "sessions: {shop: {conections: 3}}")

        def failures():
            return self.machine.journal().count("Failed to start")

        failed, before = failures(), time.monotonic()
        waiting = socket.create_connection(("127.0.0.1", SHOP), timeout=30)
        waiting.sendall(b"GET / HTTP/1.0\r\n\r\n")
        # Each start is for that client, and fails; meanwhile the socket unit must live.
        eventually(lambda: failures() >= failed + 3, "three starts")
        self.assertGreater(time.monotonic() - before, 2.9, "one each second")
        self.assertEqual(self.machine.property("ActiveState", "trunkd.socket"), "active")
        self.configure()
        self.assertTrue(waiting.recv(100).startswith(b"HTTP/1.1 200"))
        waiting.close()

    def test_14_purged_it_leaves_nothing_but_its_user(self):
        self.machine.run("dpkg", "--purge", "trunkd")
        for path in ("var/lib/trunkd", "var/log/trunkd", "run/trunkd",
                     "etc/systemd/system/multi-user.target.wants/trunkd.service"):
            self.assertFalse(os.path.lexists(os.path.join(self.machine.root, path)), path)
        self.assertEqual(self.machine.property("LoadState"), "not-found")

    def test_15_the_machine_stops_in_order(self):
        self.machine.run("systemctl", "poweroff", check=False)
        self.assertEqual(self.machine.nspawn.wait(60), 0)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    SUITE, PACKAGE = sys.argv[1], os.path.abspath(sys.argv[2])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2, failfast=True)
