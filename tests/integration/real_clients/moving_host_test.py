"""An origin moves to another address while it is being used: traffic follows, no request fails.

Names are looked up in /etc/hosts. The test has one of its own, in a mount namespace of its own.
"""

import http.client
import http.server
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import harness
from harness import Daemon, session

LIFE = 30  # seconds, of what was looked up
CLIENTS, PAUSE = 3, 0.02
IN_NAMESPACE = "TRUNKD_TEST_MOUNTS"


class Place(http.server.ThreadingHTTPServer):
    """Says at which address it was reached."""

    daemon_threads = True

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = self.server.server_address[0].encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self, host, port):
        super().__init__((host, port), self.Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Traffic:
    """Clients that ask without end; notes what answered last, and all that went wrong."""

    def __init__(self, daemon):
        self.port = daemon.port("shop")
        self.stopped = False
        self.requests = 0
        self.last = {}  # client -> address
        self.failures = []
        self.threads = [threading.Thread(target=self._run, args=(i,)) for i in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _run(self, client):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self.stopped:
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                body = answer.read().decode()
                if answer.status == 200:
                    self.last[client] = body
                else:
                    self.failures.append(body)
            except OSError as error:
                self.failures.append(repr(error))
            self.requests += 1
            time.sleep(PAUSE)
        connection.close()

    def is_at(self, address):
        return len(self.last) == CLIENTS and set(self.last.values()) == {address}

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join(30)


class MovingHostTest(unittest.TestCase):
    def move(self, address):
        with open("/etc/hosts", "w", encoding="ascii") as hosts:
            hosts.write(f"127.0.0.1 localhost\n{address} shop.test\n")

    def test_traffic_follows_within_the_life_of_an_answer_and_no_request_fails(self):
        self.move("127.0.0.1")
        old = Place("127.0.0.1", 0)
        port = old.server_address[1]
        Place("127.0.0.2", port)
        shop = session("shop", f"http://shop.test:{port}", connections=CLIENTS,
                       keepalive={"idle": "5m"})
        with Daemon(shop) as daemon:
            traffic = Traffic(daemon)
            try:
                harness.eventually(lambda: traffic.is_at("127.0.0.1"), what="the first answers")
                moved = time.monotonic()
                self.move("127.0.0.2")
                harness.eventually(lambda: traffic.is_at("127.0.0.2"), LIFE + 5, "the move")
                print(f"followed after {time.monotonic() - moved:.1f} s")
            finally:
                traffic.stop()
            self.assertEqual(traffic.failures, [])
            self.assertGreater(traffic.requests, 100)


def enter_namespace():
    """Begins anew in a mount namespace with an /etc/hosts that can be changed; none: skipped."""
    if os.environ.get(IN_NAMESPACE):
        hosts = os.environ[IN_NAMESPACE]
        subprocess.run(["mount", "--bind", hosts, "/etc/hosts"], check=True)
        return
    possible = os.geteuid() == 0 and subprocess.run(
        ["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if not possible:
        print("needs to make a mount namespace")
        sys.exit(harness.ALL_SKIPPED)
    with tempfile.NamedTemporaryFile(prefix="trunkd-hosts-") as hosts:
        again = ["unshare", "-m", sys.executable, "-B", "-m", __spec__.name, *sys.argv[1:]]
        environment = {**os.environ, IN_NAMESPACE: hosts.name}
        sys.exit(subprocess.run(again, env=environment, check=False).returncode)


if __name__ == "__main__":
    enter_namespace()
    harness.run_tests()
