"""nginx and Python's http.server as origins, plain and TLS, with wget and Python as clients."""

import concurrent.futures
import functools
import os
import subprocess
import unittest

import harness
import peers
from harness import Daemon, session

LOCATIONS = """
    location = /connection { return 200 "$connection"; }
    location = /hello { return 200 "hello\\n"; }
    location = /moved { return 302 /hello; }
    location = /nothing { return 204; }
    location /files/ { gzip on; gzip_min_length 100; gzip_types application/octet-stream; }
"""


def trust(tls):
    return {"tls": {"ca_file": peers.certificates().ca}} if tls else {}


@peers.needs("nginx")
class NginxTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.nginx = peers.Nginx(LOCATIONS)
        os.mkdir(os.path.join(cls.nginx.root, "files"))
        cls.file = bytes(range(256)) * 2000
        with open(os.path.join(cls.nginx.root, "files", "data"), "wb") as out:
            out.write(cls.file)

    @classmethod
    def tearDownClass(cls):
        cls.nginx.__exit__()

    def setUp(self):
        sessions = {**session("plain", self.nginx.url, connections=4),
                    **session("tls", self.nginx.tls_url, connections=4, **trust(True))}
        self.daemon = self.enterContext(Daemon(sessions))

    def for_both(self, check):
        for name in ("plain", "tls"):
            with self.subTest(name):
                check(name, functools.partial(self.daemon.get, name))

    def test_a_hundred_sequential_calls_use_one_connection(self):
        def check(name, get):
            self.assertEqual(len({get("/connection")[2] for _ in range(100)}), 1)
        self.for_both(check)

    def test_calls_at_once_use_no_more_connections_than_allowed(self):
        def check(name, get):
            with concurrent.futures.ThreadPoolExecutor(16) as threads:
                seen = set(threads.map(lambda _: get("/connection")[2], range(200)))
            self.assertLessEqual(len(seen), 4)
        self.for_both(check)

    def test_files_ranges_conditions_and_compression_pass_unchanged(self):
        def check(name, get):
            status, fields, body = get("/files/data")
            self.assertEqual((status, body), (200, self.file))
            status, _, body = get("/files/data", headers={"Range": "bytes=1000-1999"})
            self.assertEqual((status, body), (206, self.file[1000:2000]))
            status, _, body = get("/files/data", headers={"If-None-Match": fields["ETag"]})
            self.assertEqual((status, body), (304, b""))
            _, fields, _ = get("/files/data", headers={"Accept-Encoding": "gzip"})
            self.assertEqual(fields["Content-Encoding"], "gzip")
            self.assertEqual(get("/nothing")[0], 204)
            self.assertEqual(get("/moved")[1]["Location"], "/hello")
        self.for_both(check)

    def test_head_and_missing_files_leave_the_connection_in_order(self):
        def check(name, get):
            before = get("/connection")[2]
            self.assertEqual(get("/files/data", "HEAD")[2], b"")
            self.assertEqual(get("/missing")[0], 404)
            self.assertEqual(get("/connection")[2], before)
        self.for_both(check)

    @peers.needs("wget")
    def test_wget_downloads_and_follows_the_rewritten_location(self):
        def check(name, get):
            for path, expected in (("/files/data", self.file), ("/moved", b"hello\n")):
                done = wget(self.daemon.url(name, path))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(done.stdout == expected, path)
        self.for_both(check)


@peers.needs("nginx")
class NginxClosesTest(unittest.TestCase):
    def test_an_origin_that_closes_after_some_requests_is_never_noticed_by_clients(self):
        with peers.Nginx(LOCATIONS, keepalive_requests=7) as nginx, \
                Daemon({**session("plain", nginx.url, connections=3),
                        **session("tls", nginx.tls_url, connections=3, **trust(True))}) as daemon:
            for name in ("plain", "tls"):
                with concurrent.futures.ThreadPoolExecutor(8) as threads:
                    answers = threads.map(lambda _: daemon.get(name, "/hello")[::2], range(200))
                    self.assertEqual(set(answers), {(200, b"hello\n")})


def wget(url):
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    return subprocess.run(["wget", "-q", "-O", "-", "--tries=1", "--timeout=20", url],
                          capture_output=True, env=environment)


class PythonServerTest(unittest.TestCase):
    def run_all(self, tls):
        with peers.PythonServer(peers.EchoHandler, tls) as origin, \
                Daemon(session("shop", origin.url, connections=2, **trust(tls))) as daemon:
            for number in range(20):
                body = b"%d" % number * 5000
                status, _, answer = daemon.get("shop", f"/{number}", "POST", body)
                expected = f"POST /{number} {len(body)} ".encode() + body
                self.assertEqual((status, answer), (200, expected))
            parts = (b"part " * 3000 for _ in range(20))
            status, _, answer = daemon.get("shop", "/parts", "POST", parts)  # chunked: no length
            self.assertTrue(answer.startswith(b"POST /parts 300000 part part"))
            self.assertEqual(daemon.get("shop", "/h", "HEAD")[::2], (200, b""))
            # POST is only sent on a connection that is surely alive, so a second one may be opened.
            self.assertLessEqual(origin.accepted, 2)

    def test_plain(self):
        self.run_all(tls=False)

    def test_tls(self):
        self.run_all(tls=True)


@peers.needs("wget")
class WgetTest(unittest.TestCase):
    def test_a_truncated_download_is_an_error(self):
        class Cut(peers.EchoHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                self.wfile.write(b"x" * 1000)
                self.close_connection = True

        with peers.PythonServer(Cut) as origin, Daemon(session("cut", origin.url)) as daemon:
            self.assertNotEqual(wget(daemon.url("cut")).returncode, 0)


if __name__ == "__main__":
    harness.run_tests()
