"""Two ways to a daemon's admin interface: `trunkd ctl`, and HTTP over its Unix socket."""

import http.client
import json
import socket
import subprocess

import harness


def ctl(daemon, *arguments, code=0, **more):
    """Runs `trunkd ctl` and returns what it wrote to stdout, or to stderr unless `code` is 0."""
    ended = subprocess.run(ctl_command(daemon, *arguments), capture_output=True, text=True,
                           timeout=60, **more)
    if ended.returncode != code:
        raise AssertionError(f"ctl {' '.join(arguments)} ended with {ended.returncode} instead of "
                             f"{code}:\n{ended.stdout}{ended.stderr}")
    return ended.stderr if code else ended.stdout


def ctl_json(daemon, *arguments):
    return json.loads(ctl(daemon, *arguments, "--json"))


def ctl_command(daemon, *arguments):
    return [harness.binary(), "ctl", *arguments, "--socket", daemon.path("admin.sock")]


class AdminConnection(http.client.HTTPConnection):
    """HTTP over the admin socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(connection, method, path, body=None, headers=None):
    """(status, headers, body); `body` may be what JSON can say."""
    headers = dict(headers or {})
    if method == "POST":
        headers.setdefault("Content-Type", "application/json")
        body = json.dumps({} if body is None else body)
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def admin(daemon, method, path, body=None, headers=None):
    """The same on a connection of its own, over the Unix socket."""
    connection = AdminConnection(daemon.path("admin.sock"))
    try:
        return ask(connection, method, path, body, headers)
    finally:
        connection.close()
