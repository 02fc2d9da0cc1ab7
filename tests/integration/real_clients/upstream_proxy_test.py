"""tinyproxy between trunkd and the origins: plain, with TLS, as a tunnel, with a login."""

import os
import subprocess
import unittest

import harness
import peers
from harness import Daemon, session


@peers.needs("tinyproxy")
class UpstreamProxyTest(unittest.TestCase):
    def setUp(self):
        self.plain = self.enterContext(peers.PythonServer(peers.EchoHandler))
        self.tls = self.enterContext(peers.PythonServer(peers.EchoHandler, tls=True))

    def start(self, proxy, login="", **fields):
        upstream_proxy = f"http://{login}127.0.0.1:{proxy.port}"
        trust = {"ca_file": peers.certificates().ca}
        sessions = {
            **session("plain", self.plain.url, upstream_proxy=upstream_proxy, **fields),
            **session("tls", self.tls.url, upstream_proxy=upstream_proxy, tls=trust, **fields),
        }
        return self.enterContext(Daemon(sessions))

    def test_requests_reach_both_kinds_of_origins(self):
        proxy = self.enterContext(peers.Tinyproxy())
        daemon = self.start(proxy)
        for name in ("plain", "tls"):
            for body in (b"", b"x" * 100_000):
                status, _, answer = daemon.get(name, "/a?b=c", "POST", body)
                self.assertEqual((status, answer), (200, b"POST /a?b=c %d " % len(body) + body))
        self.assertEqual(self.tls.accepted, 1)
        port = self.plain.url.rpartition(":")[2]
        self.assertIn(f"POST http://127.0.0.1:{port}/a?b=c HTTP/1.1", proxy.requests())
        tls_authority = self.tls.url.partition("//")[2]
        self.assertEqual(proxy.requests().count(f"CONNECT {tls_authority} HTTP/1.1"), 1)

    def test_a_login_lets_in_and_a_wrong_one_is_told(self):
        proxy = self.enterContext(peers.Tinyproxy("batch s3cret"))
        daemon = self.start(proxy, "batch:s3cret@")
        wrong = self.start(proxy, "batch:other@")
        nobody = self.start(proxy)
        for name in ("plain", "tls"):
            self.assertEqual(daemon.get(name)[0], 200)
        # A wrong login is a 401 to tinyproxy, which may be the origin's if it answers no CONNECT.
        for refused, name in ((wrong, "tls"), (nobody, "tls"), (nobody, "plain")):
            status, headers, answer = refused.get(name)
            self.assertEqual(status, 502)
            self.assertIn(b"upstream_proxy", answer)
            self.assertIn("proxy_configuration_error", headers["Proxy-Status"])
            self.assertNotIn("Proxy-Authenticate", headers)

    def test_an_origin_that_refuses_is_the_proxys_to_tell(self):
        proxy = self.enterContext(peers.Tinyproxy())
        dead = f"https://localhost:{peers.free_port()}"
        daemon = self.enterContext(Daemon(session(
            "dead", dead, upstream_proxy=f"http://127.0.0.1:{proxy.port}")))
        status, headers, answer = daemon.get("dead")
        self.assertEqual(status, 502)
        self.assertIn("destination_unavailable", headers["Proxy-Status"])
        self.assertIn(b"answered CONNECT localhost:", answer)

    @peers.needs("curl")
    def test_a_tunnel_goes_through_it_too(self):
        proxy = self.enterContext(peers.Tinyproxy("batch s3cret"))
        daemon = self.start(proxy, "batch:s3cret@", connect="tunnel")
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        done = subprocess.run(
            ["curl", "-sS", "--max-time", "20", "-x", daemon.url("tls"), "--noproxy", "",
             "--cacert", peers.certificates().ca, self.tls.url + "/seen"],
            capture_output=True, env=environment)
        self.assertEqual(done.stdout, b"GET /seen 0 ", done.stderr)
        self.assertEqual(len(proxy.requests()), 1)


if __name__ == "__main__":
    harness.run_tests()
