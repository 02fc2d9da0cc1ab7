"""The configuration is changed while 200 clients work: nobody notices.

One session's limit changes, one session is added and one removed, by a file that is switched over
and a HUP. The origins count: no request fails, and the sessions that did not change keep their
connections.
"""

import http.client
import http.server
import json
import os
import signal
import socketserver
import threading
import time
import unittest

import harness
from harness import Daemon, eventually, session

CLIENTS = 200
SESSIONS = ("grows", "stays", "goes")


class CountingOrigin(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Counts its connections, and how many were closed by the other end."""

    daemon_threads = True
    request_queue_size = 1024

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.opened = self.ended = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def process_request_thread(self, request, address):
        self.opened += 1
        super().process_request_thread(request, address)
        self.ended += 1

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.server_address[1]


class Traffic:
    """Clients with a connection of their own, which ask without end."""

    def __init__(self, ports):
        self.stopped = False
        self.answers = 0
        self.failures = []
        self.threads = [
            threading.Thread(target=self._run, args=(ports[i % len(ports)],))
            for i in range(CLIENTS)
        ]
        for thread in self.threads:
            thread.start()

    def _run(self, port):
        client = None
        while not self.stopped:
            try:
                if client is None:
                    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                client.request("GET", "/")
                answer = client.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failures.append(answer.status)
                if answer.getheader("Connection") == "close":
                    client.close()
                self.answers += 1
            except OSError as error:
                self.failures.append(repr(error))
                return
            time.sleep(0.02)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join(30)


class ReloadTest(unittest.TestCase):
    def setUp(self):
        self.origins = {name: CountingOrigin() for name in SESSIONS + ("comes",)}
        for origin in self.origins.values():
            self.addCleanup(origin.shutdown)

    def sessions(self, **limits):
        made = {}
        for name, limit in limits.items():
            made.update(session(name, self.origins[name].url, connections=limit,
                                keepalive={"idle": "5m", "max_age": "10h"}))
        return made

    def write(self, daemon, sessions, text=None):
        """As a mounted configuration changes: beside the old one, then in its place."""
        path = daemon.path("trunkd.yaml")
        if text is None:
            with open(path) as old:
                text = json.dumps({**json.load(old), "sessions": sessions})
        with open(path + ".new", "w") as new:
            new.write(text)
        os.rename(path + ".new", path)

    def reload(self, daemon, said):
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for_log(said)

    def test_a_reload_under_load_of_two_hundred_clients_is_noticed_by_nobody(self):
        with Daemon(self.sessions(grows=4, stays=8, goes=4)) as daemon:
            traffic = Traffic([daemon.port(name) for name in ("grows", "stays")])
            try:
                leaving = http.client.HTTPConnection("127.0.0.1", daemon.port("goes"), timeout=30)
                leaving.request("GET", "/")
                self.assertEqual(leaving.getresponse().read(), b"ok")
                eventually(lambda: self.origins["stays"].opened == 8, what="all connections")
                before = traffic.answers
                eventually(lambda: traffic.answers > before + 500, what="traffic")

                self.write(daemon, self.sessions(grows=12, stays=8, comes=2))
                self.reload(daemon, "reloaded; added: comes; removed: goes; changed: grows")
                before = traffic.answers
                eventually(lambda: traffic.answers > before + 1000, what="traffic goes on")
                eventually(lambda: self.origins["grows"].opened == 12, what="the higher limit")
            finally:
                traffic.stop()
            self.assertEqual(traffic.failures, [])
            self.assertEqual(self.origins["stays"].opened, 8)
            self.assertEqual(self.origins["stays"].ended, 0)
            self.assertEqual(self.origins["grows"].ended, 0)
            eventually(lambda: self.origins["goes"].ended == 1, what="the end of what was removed")
            comes = http.client.HTTPConnection("127.0.0.1", daemon.port("comes"), timeout=30)
            comes.request("GET", "/")
            self.assertEqual(comes.getresponse().status, 200)

    def test_a_broken_file_is_refused_as_a_whole_with_all_its_errors(self):
        with Daemon(self.sessions(stays=2)) as daemon:
            self.write(daemon, None, "sessions:\n  stays: {base_url: 7}\n  new: {conections: 2}\n")
            self.reload(daemon, "nothing was changed")
            for part in ("2:21: sessions.stays.base_url", "3:9: sessions.new.conections",
                         'did you mean'):
                self.assertIn(part, daemon.text())
            client = http.client.HTTPConnection("127.0.0.1", daemon.port("stays"), timeout=30)
            client.request("GET", "/")
            self.assertEqual(client.getresponse().status, 200)

    def test_a_directory_that_is_switched_over_is_read_anew(self):
        with Daemon(self.sessions(stays=2)) as daemon:
            # trunkd.yaml -> ..data/trunkd.yaml, ..data -> a directory: as kubelet mounts it.
            path = daemon.path("trunkd.yaml")
            with open(path) as old:
                config = json.load(old)
            for name, limit in (("first", 2), ("second", 5)):
                os.mkdir(daemon.path(name))
                config["sessions"] = self.sessions(stays=limit)
                with open(os.path.join(daemon.path(name), "trunkd.yaml"), "w") as out:
                    json.dump(config, out)
            os.symlink("first", daemon.path("..data"))
            os.unlink(path)
            os.symlink("..data/trunkd.yaml", path)
            os.symlink("second", daemon.path("..data_tmp"))
            os.rename(daemon.path("..data_tmp"), daemon.path("..data"))
            self.reload(daemon, "reloaded; changed: stays")


if __name__ == "__main__":
    harness.run_tests()
