"""Starts the real trunkd with a configuration, knows where it listens, and judges how it ended.

A test module is run as `python3 -m real_clients.curl_test path/to/trunkd [unittest arguments]` in
tests/integration; ctest does that.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

READY_SECONDS = 20
STOP_SECONDS = 40
ALL_SKIPPED = 77  # the exit code that ctest knows as "skipped"

_LISTENS = re.compile(r'session "(?P<session>[^"]+)" listens on (?P<where>.+)')
_SHARED = re.compile(r"listening on (?P<where>.+)")
_SANITIZER = re.compile(r"ERROR: \w+Sanitizer|runtime error:|Assertion .* failed")


def binary():
    return os.environ["TRUNKD_BINARY"]


def is_release():
    """Whether figures of memory and speed mean anything for this build."""
    return os.environ.get("TRUNKD_TEST_BUILD", "release") == "release"


def run_tests():
    """The main of every test module: takes the daemon's path off the command line."""
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: python3 -m real_clients.NAME path/to/trunkd [unittest arguments]")
    os.environ["TRUNKD_BINARY"] = os.path.abspath(sys.argv.pop(1))
    program = unittest.main(module="__main__", verbosity=2, exit=False)
    result = program.result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(ALL_SKIPPED if result.testsRun and len(result.skipped) == result.testsRun else 0)


def session(name, base_url, **fields):
    """One session as flow-style YAML (every JSON text is YAML); listens on a free port."""
    return {name: {"listen": 0, "base_url": base_url, **fields}}


class Daemon:
    """One running trunkd. Use it in a `with` block: leaving it stops the daemon by SIGTERM and
    fails unless it ended with code 0 and no sanitizer had anything to say.

    `sessions` is a dictionary as session() makes it; `top` are further top-level fields.
    """

    def __init__(self, sessions, environment=None, **top):
        self.directory = tempfile.TemporaryDirectory(prefix="trunkd-test-")
        self.access_log = self.path("access.log")
        config = {
            "listen": False,
            "log": {"access": self.access_log},
            "admin": {"socket": self.path("admin.sock")},
            "drain_timeout": "5s",
            **top,
            "sessions": sessions,
        }
        config_file = self.path("trunkd.yaml")
        with open(config_file, "w") as out:
            json.dump(config, out, indent=1)
        self.lines = []  # of stderr
        self._listeners = {}  # session name, or None for the shared port -> [text]
        self._changed = threading.Condition()
        self._ended = False
        self._killed = False
        self.process = subprocess.Popen(
            [binary(), "serve", "-c", config_file],
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            # Its own place for what is one for all daemons of a user, unless a test says otherwise.
            env={**os.environ, "RUNTIME_DIRECTORY": self.directory.name, **(environment or {})},
        )
        self.pid = self.process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._wait(lambda: self.has_said("ready") or self._ended, READY_SECONDS)
        if self._ended or not self.has_said("ready"):
            self.process.kill()
            self._reader.join(5)
            raise AssertionError("trunkd did not get ready:\n" + self.text())

    def path(self, name):
        """A file of this daemon's own temporary directory."""
        return os.path.join(self.directory.name, name)

    def _read(self):
        for line in self.process.stderr:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._note_listener(_message_of(line))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _note_listener(self, message):
        match = _LISTENS.fullmatch(message) or _SHARED.fullmatch(message)
        if not match:
            return
        name = match.groupdict().get("session")
        self._listeners.setdefault(name, []).extend(match["where"].split(" and "))

    def _wait(self, condition, seconds):
        with self._changed:
            return self._changed.wait_for(condition, seconds)

    def wait_for_log(self, part, seconds=READY_SECONDS):
        if not self._wait(lambda: any(part in line for line in self.lines), seconds):
            raise AssertionError(f"no log line with {part!r}:\n{self.text()}")

    def has_said(self, message):
        return any(_message_of(line) == message for line in self.lines)

    def text(self):
        return "\n".join(self.lines)

    def port(self, name=None, host="127.0.0.1"):
        """The TCP port of a session's own listener, or the shared one."""
        for where in self._listeners.get(name, []):
            listening_host, _, port = where.rpartition(":")
            if listening_host.strip("[]") == host:
                return int(port)
        which = f"session {name}" if name else "the shared port"
        raise AssertionError(f"{which} has no listener on {host}:\n{self.text()}")

    def url(self, name=None, path="/"):
        return f"http://127.0.0.1:{self.port(name)}{path}"

    def connect(self, name=None, timeout=10):
        return socket.create_connection(("127.0.0.1", self.port(name)), timeout=timeout)

    def get(self, name, path="/", method="GET", body=None, headers=None):
        """(status, headers, body) by a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port(name), timeout=20)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def access_records(self, at_least):
        """The access log's lines as dictionaries; they are written in batches, so this waits."""

        def read():
            with open(self.access_log) as lines:
                return [json.loads(line) for line in lines]

        eventually(lambda: os.path.exists(self.access_log) and len(read()) >= at_least)
        return read()

    def memory_kib(self, field="VmRSS"):
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1])
        raise AssertionError(f"no {field} in /proc/{self.pid}/status")

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def stop(self):
        """Ends it in order and judges the end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "none: it had to be killed"
        self._reader.join(5)
        self.process.stderr.close()
        complaint = _SANITIZER.search(self.text())
        if code != 0 or complaint:
            raise AssertionError(f"trunkd ended with exit code {code}:\n{self.text()[-8000:]}")

    def kill(self):
        """Ends it as a crash would: no handler runs, nothing is flushed."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        self._reader.join(5)
        self.process.stderr.close()
        self._killed = True

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            if not self._killed:
                self.stop()
        finally:
            self.directory.cleanup()


def _message_of(line):
    """The message of a log line in JSON; any other line is its own message."""
    try:
        entry = json.loads(line)
        return entry.get("message", "") if isinstance(entry, dict) else line.strip()
    except ValueError:
        return line.strip()


def eventually(condition, seconds=15, what="the condition"):
    """For what no event of ours announces, such as another process's counters."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.01)


def read_to_end(connection, limit=1 << 20):
    """All bytes up to the end of the connection, however it ends: (bytes, was it reset)."""
    data = bytearray()
    try:
        while len(data) < limit:
            part = connection.recv(65536)
            if not part:
                return bytes(data), False
            data += part
    except ConnectionResetError:
        return bytes(data), True
    return bytes(data), False


def statuses(data):
    """The status codes of the responses that stand at line starts in raw bytes."""
    return [int(code) for code in re.findall(rb"(?m)^HTTP/1\.[01] (\d{3})", data)]
