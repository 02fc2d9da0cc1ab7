"""curl and Python's requests with trunkd as their https proxy, against an origin with TLS."""

import os
import subprocess
import unittest

import requests

import harness
import peers
from harness import Daemon, session


class TunnelsTest(unittest.TestCase):
    def setUp(self):
        self.origin = self.enterContext(peers.PythonServer(peers.EchoHandler, tls=True))
        # Its certificate is the client's to verify: trunkd knows nothing of the authority.
        self.daemon = self.enterContext(
            Daemon(session("shop", self.origin.url, connect="tunnel"), listen=0))
        self.ca = peers.certificates().ca

    def check_log(self):
        (record,) = self.daemon.access_records(at_least=1)
        self.assertEqual((record["method"], record["scheme"], record["status"]),
                         ("CONNECT", "tunnel", 200))
        self.assertGreater(record["bytes_in"], 100)
        self.assertGreater(record["bytes_out"], 100)

    @peers.needs("curl")
    def test_curl_gets_its_tunnel_by_listener_by_user_and_by_the_target_alone(self):
        shared = f"127.0.0.1:{self.daemon.port()}"
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        for proxy in (self.daemon.url("shop"), f"http://shop:x@{shared}", f"http://{shared}"):
            done = subprocess.run(
                ["curl", "-sS", "--max-time", "20", "-x", proxy, "--cacert", self.ca,
                 "--noproxy", "", "-w", "%{http_connect} %{http_code}", "-o", os.devnull,
                 self.origin.url + "/seen"], capture_output=True, env=environment)
            self.assertEqual(done.stdout, b"200 200", (proxy, done.stderr))

    def test_requests_get_their_tunnel(self):
        with requests.Session() as http:
            http.trust_env = False
            http.proxies = {"https": self.daemon.url("shop")}
            http.verify = self.ca
            for _ in range(3):
                self.assertEqual(http.get(self.origin.url + "/seen", timeout=20).status_code, 200)
        self.check_log()

    def test_a_host_of_no_session_gets_no_tunnel(self):
        with self.assertRaisesRegex(requests.exceptions.ProxyError, "407"):
            requests.get("https://elsewhere.test/", timeout=20,
                         proxies={"https": self.daemon.url()})


if __name__ == "__main__":
    harness.run_tests()
