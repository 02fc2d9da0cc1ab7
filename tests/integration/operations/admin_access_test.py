"""Who may ask what over TCP: the token, the name in Host, and what browsers send."""

import http.client
import json
import os
import re
import stat
import unittest

import harness
from control import ask, ctl
from harness import Daemon, session
from origins import Origin

_TCP = re.compile(r"admin interface on 127\.0\.0\.1:(\d+), its token is in (\S+)\"?")


class AdminAccessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.origin = Origin(lambda request: "ok")
        cls.daemon = Daemon(
            session("shop", cls.origin.url),
            admin={"listen": "127.0.0.1:0"})  # and the socket at its default place
        cls.daemon.wait_for_log("its token is in")
        cls.port, token_file = _TCP.search(cls.daemon.text()).groups()
        cls.token_file = token_file.rstrip('",}')
        with open(cls.token_file) as file:
            cls.token = file.read().strip()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.stop()
        cls.origin.__exit__()
        assert not os.path.exists(cls.token_file)  # it goes with the daemon
        cls.daemon.directory.cleanup()

    def ask(self, method="GET", path="/status", token=None, body=None, **fields):
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        if token:
            headers["Authorization"] = "Bearer " + token
        connection = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=20)
        try:
            status, headers, body = ask(connection, method, path, body, headers)
        finally:
            connection.close()
        if status >= 400:
            self.assertEqual(headers["Content-Type"], "application/problem+json")
            self.assertEqual(json.loads(body)["status"], status)
        return status

    def test_the_token_opens_all_and_is_the_daemons_users_alone(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.token_file).st_mode), 0o600)
        self.assertRegex(self.token, "^[0-9a-f]{64}$")
        self.assertEqual(self.ask(token=self.token), 200)
        self.assertEqual(self.ask("POST", "/sessions/shop/resume", token=self.token), 200)
        for path in ("/status", "/metrics", "/config", "/sessions/shop/cookies/export", "/no"):
            self.assertEqual(self.ask(path=path), 401)
        self.assertEqual(self.ask("POST", "/sessions/shop/kill"), 401)
        self.assertEqual(self.ask(token=self.token[:-1] + "x"), 401)
        self.assertEqual(self.ask(Authorization="Basic " + self.token), 401)

    def test_probes_need_no_token(self):
        for path in ("/livez", "/readyz", "/startupz"):
            self.assertEqual(self.ask(path=path), 200)

    def test_a_name_that_is_not_this_machines_is_refused(self):
        for host in ("evil.example", f"evil.example:{self.port}", ""):
            self.assertIn(self.ask(token=self.token, Host=host), (400, 421))
        self.assertEqual(self.ask(path="/livez", Host="evil.example"), 421)
        for host in ("localhost", f"127.0.0.1:{self.port}"):
            self.assertEqual(self.ask(token=self.token, Host=host), 200)

    def test_web_pages_of_other_origins_are_refused(self):
        for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
            self.assertEqual(self.ask(token=self.token, Origin=origin), 403)
        self.assertEqual(self.ask(token=self.token, Sec_Fetch_Site="cross-site"), 403)
        self.assertEqual(self.ask(token=self.token, Sec_Fetch_Site="same-origin"), 200)

    def test_a_form_cannot_post(self):
        for content_type in ("text/plain", "application/x-www-form-urlencoded",
                             "multipart/form-data", "application/jsonp"):
            self.assertEqual(self.ask("POST", "/sessions/shop/pause", token=self.token,
                                      Content_Type=content_type), 415)
        self.assertEqual(self.ask("POST", "/sessions/shop/resume", token=self.token,
                                  Content_Type="application/json; charset=utf-8"), 200)

    def test_other_methods_are_not_known(self):
        for method in ("DELETE", "PUT", "OPTIONS"):
            self.assertEqual(self.ask(method, token=self.token), 405)
        self.assertEqual(self.ask("POST", "/status", token=self.token), 405)
        self.assertEqual(self.ask("GET", "/sessions/shop/pause", token=self.token), 405)

    def test_there_is_no_exchange_of_tokens_on_this_port(self):
        self.assertEqual(self.ask("POST", "/token", body={"token": ""}), 403)
        self.assertEqual(self.ask("POST", "/token", body={"token": "x"}), 403)

    def test_the_socket_beside_it_is_the_default_one(self):
        self.assertIn("is running", ctl(self.daemon, "status"))
        mode = os.stat(self.daemon.path("admin.sock")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)


if __name__ == "__main__":
    harness.run_tests()
