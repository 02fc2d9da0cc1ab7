"""What the daemon and the service manager that started it say to each other, without a manager:
the test holds the other end of the notify socket and hands over sockets that listen.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import harness
from origins import Origin, respond

SECONDS = 20


class Manager:
    """Starts the daemon as systemd does and hears what it tells."""

    def __init__(self, directory, config, sockets=(), watchdog=None, ready=True):
        self.directory = directory
        self.heard = []
        self.terminated = False
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(self.path("notify"))
        self.notify.settimeout(SECONDS)
        with open(self.path("trunkd.yaml"), "w") as out:
            json.dump({"listen": False, "admin": {"socket": self.path("admin.sock")}, **config}, out)
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": self.path("notify"),
            "RUNTIME_DIRECTORY": directory,
        }
        if watchdog:
            environment["WATCHDOG_USEC"] = str(int(watchdog * 1e6))
        command = [harness.binary(), "serve", "-c", self.path("trunkd.yaml")]
        if sockets:
            environment["LISTEN_FDS"] = str(len(sockets))
            # The shell's process becomes the daemon, so its number is the right one.
            command = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]

        def put_at_three():
            # Above all numbers first, so that none is overwritten before its turn.
            copies = [os.dup2(one.fileno(), 200 + i) for i, one in enumerate(sockets)]
            for number, copy in enumerate(copies, start=3):
                os.dup2(copy, number, inheritable=True)

        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            close_fds=False, preexec_fn=put_at_three)
        if ready:
            self.wait_for("READY=1")

    def path(self, name):
        return os.path.join(self.directory, name)

    def wait_for(self, assignment):
        """The message with this line; what came before it is in `heard` too."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            message = self.notify.recv(4096).decode().split("\n")
            self.heard.append(message)
            if assignment in message:
                return message
        raise AssertionError(f"{assignment} was not said: {self.heard}")

    def terminate(self):
        """Once: a second signal would end a daemon that is about to end."""
        if self.process.poll() is None and not self.terminated:
            self.process.send_signal(signal.SIGTERM)
        self.terminated = True

    def end(self):
        """Stops the daemon; its exit code and what it wrote."""
        self.terminate()
        text = self.process.communicate(timeout=SECONDS)[1]
        self.notify.close()
        return self.process.returncode, text


def get(port, path="/"):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        client.request("GET", path)
        return client.getresponse().status
    finally:
        client.close()


class ServiceManagerTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="trunkd-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.origin = Origin(lambda request: respond(b"ok"))
        self.origin.__enter__()
        self.addCleanup(self.origin.__exit__, None, None, None)

    def listening(self, path=None):
        """A socket that listens on a free port, or on a path."""
        one = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self.addCleanup(one.close)
        one.bind(path or ("127.0.0.1", 0))
        one.listen(64)
        return one

    def sessions(self, listen, **fields):
        return {"shop": {"listen": listen, "base_url": self.origin.url, **fields}}

    def end_well(self, manager):
        code, text = manager.end()
        self.assertEqual(code, 0, text)
        return text

    def test_readiness_reload_and_stop_are_told_in_order(self):
        manager = Manager(self.directory, {"sessions": self.sessions(0)})
        status = [line for line in manager.heard[-1] if line.startswith("STATUS=")]
        self.assertEqual(status, ["STATUS=1 session, 0 clients, 0 upstream connections"])
        before = time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6
        manager.process.send_signal(signal.SIGHUP)
        message = manager.wait_for("RELOADING=1")
        stamp = [int(line.split("=")[1]) for line in message if line.startswith("MONOTONIC_USEC=")]
        self.assertGreaterEqual(stamp[0], int(before))
        manager.wait_for("READY=1")
        manager.terminate()
        message = manager.wait_for("STOPPING=1")
        self.assertIn("EXTEND_TIMEOUT_USEC=30000000", message)
        self.end_well(manager)

    def test_a_refused_reload_ends_too(self):
        manager = Manager(self.directory, {"sessions": self.sessions(0)})
        with open(manager.path("trunkd.yaml"), "w") as out:
            out.write("sessions: [")
        manager.process.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING=1")
        manager.wait_for("READY=1")
        self.end_well(manager)

    def test_the_watchdog_is_fed_at_half_its_interval(self):
        manager = Manager(self.directory, {"sessions": self.sessions(0)}, watchdog=0.4)
        manager.wait_for("WATCHDOG=1")
        begin = time.monotonic()
        for _ in range(4):
            manager.wait_for("WATCHDOG=1")
        self.assertGreater(time.monotonic() - begin, 0.6)  # four times 0.2 s, less what was late
        self.end_well(manager)

    def test_inherited_sockets_are_the_listeners_of_their_addresses(self):
        own, metrics = self.listening(), self.listening()
        unix = self.listening(os.path.join(self.directory, "shop.sock"))
        port = own.getsockname()[1]
        config = {
            "sessions": self.sessions([f"127.0.0.1:{port}", f"unix:{self.directory}/shop.sock"]),
            "metrics": {"listen": "127.0.0.1:%d" % metrics.getsockname()[1]},
        }
        manager = Manager(self.directory, config, sockets=[own, metrics, unix])
        self.assertEqual(get(port), 200)
        self.assertEqual(get(metrics.getsockname()[1], "/metrics"), 200)
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(SECONDS)
        client.connect(os.path.join(self.directory, "shop.sock"))
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertTrue(client.recv(64).startswith(b"HTTP/1.1 200"))
        client.close()
        self.end_well(manager)
        self.assertTrue(os.path.exists(os.path.join(self.directory, "shop.sock")),
                        "the file is the service manager's")

    def test_who_connects_while_the_daemon_is_away_is_served_by_the_next(self):
        own = self.listening()
        port = own.getsockname()[1]
        config = {"sessions": self.sessions(f"127.0.0.1:{port}")}
        self.end_well(Manager(self.directory, config, sockets=[own]))
        os.unlink(os.path.join(self.directory, "notify"))
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        client.request("GET", "/")
        manager = Manager(self.directory, config, sockets=[own])
        self.assertEqual(client.getresponse().status, 200)
        client.close()
        self.end_well(manager)

    def test_an_inherited_socket_that_a_reload_gives_up_can_come_back(self):
        own = self.listening()
        port = own.getsockname()[1]
        with_it = {"listen": False, "sessions": self.sessions(f"127.0.0.1:{port}")}
        manager = Manager(self.directory, with_it, sockets=[own])
        for sessions in (self.sessions(0), with_it["sessions"]):
            with open(manager.path("trunkd.yaml"), "w") as out:
                json.dump({**with_it, "admin": {"socket": manager.path("admin.sock")},
                           "sessions": sessions}, out)
            manager.process.send_signal(signal.SIGHUP)
            manager.wait_for("RELOADING=1")
            manager.wait_for("READY=1")
        self.assertEqual(get(port), 200)
        text = self.end_well(manager)
        self.assertIn("is still open in the service manager", text)

    def test_an_inherited_socket_has_one_listener(self):
        own = self.listening()
        where = "127.0.0.1:%d" % own.getsockname()[1]
        manager = Manager(self.directory, {"sessions": self.sessions(0), "metrics": {"listen": where}},
                          sockets=[own])
        with open(manager.path("trunkd.yaml"), "w") as out:
            json.dump({"listen": False, "admin": {"socket": manager.path("admin.sock")},
                       "sessions": self.sessions(where)}, out)
        manager.process.send_signal(signal.SIGHUP)
        manager.wait_for("RELOADING=1")
        manager.wait_for("READY=1")
        self.assertEqual(get(own.getsockname()[1], "/metrics"), 200)
        text = self.end_well(manager)
        self.assertIn("nothing was changed", text)
        self.assertIn("in use", text)

    def test_an_inherited_socket_that_nobody_asks_for_is_an_error_that_names_it(self):
        own = self.listening()
        manager = Manager(self.directory, {"sessions": self.sessions(0)}, sockets=[own], ready=False)
        code, text = manager.process.wait(SECONDS), manager.process.communicate()[1]
        self.assertEqual(code, 78, text)
        self.assertIn("127.0.0.1:%d" % own.getsockname()[1], text)
        self.assertNotIn('"ready"', text)
        manager.notify.close()

    def test_what_another_start_does_not_mend_is_exit_code_78(self):
        for name, more in (("no-such-group", {"admin": {"socket": os.path.join(self.directory, "a.sock"),
                                                        "group": "no-such-group"}}),
                           ("none/access.log", {"log": {"access": os.path.join(self.directory,
                                                                               "none/access.log")}})):
            manager = Manager(self.directory, {"sessions": self.sessions(0), **more}, ready=False)
            code, text = manager.process.wait(SECONDS), manager.process.communicate()[1]
            self.assertEqual(code, 78, text)
            self.assertIn(name, text)
            manager.notify.close()
            os.unlink(manager.path("notify"))

    def test_an_inherited_descriptor_that_does_not_listen_is_an_error(self):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(datagrams.close)
        datagrams.bind(("127.0.0.1", 0))
        manager = Manager(self.directory, {"sessions": self.sessions(0)}, sockets=[datagrams], ready=False)
        code, text = manager.process.wait(SECONDS), manager.process.communicate()[1]
        self.assertEqual(code, 78, text)
        self.assertIn("does not listen for streams", text)
        manager.notify.close()


if __name__ == "__main__":
    harness.run_tests()
