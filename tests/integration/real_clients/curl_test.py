"""curl in its many ways of speaking HTTP, through one session."""

import hashlib
import json
import os
import subprocess
import tempfile
import unittest

import harness
import peers
from harness import Daemon, session
from origins import Answer, Origin, respond


def curl(*arguments, stdin=b""):
    return subprocess.run(["curl", "-sS", "--max-time", "20", *arguments], input=stdin,
                          capture_output=True, env=_without_proxies())


def _without_proxies():
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


def echo(request):
    fields = "".join(f"{name}: {value}\n" for name, value in request.fields)
    line = f"{request.method} {request.target} {request.version}\n"
    return f"{line}{fields}\n" + request.body.decode()


@peers.needs("curl")
class CurlTest(unittest.TestCase):
    def setUp(self):
        self.origin = self.enterContext(Origin(echo))
        self.daemon = self.enterContext(Daemon(session("shop", self.origin.url + "/base")))
        self.url = self.daemon.url("shop")

    def get(self, *arguments, **more):
        done = curl(*arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def test_requests_of_many_processes_share_one_connection(self):
        for number in range(5):
            self.assertTrue(self.get(f"{self.url}{number}?q=a%20b").startswith(
                f"GET /base/{number}?q=a%20b HTTP/1.1\n"))
        self.assertEqual(self.origin.accepted, 1)

    def test_an_http_1_0_client_gets_its_answer_and_the_origin_sees_1_1(self):
        answer = self.get("-0", "-i", self.url + "old")
        self.assertIn("GET /base/old HTTP/1.1", answer)
        self.assertNotIn("chunked", answer.lower())

    def test_a_chunked_upload_arrives_whole(self):
        body = b"0123456789abcdef" * 20000
        answer = self.get("-T", "-", "-H", "Expect:", self.url + "upload", stdin=body)
        self.assertTrue(answer.endswith(body.decode()))
        self.assertEqual(self.origin.requests[-1].method, "PUT")

    def test_expect_100_continue_is_answered_and_the_body_follows(self):
        with Origin(echo, early=lambda request: Answer(b"HTTP/1.1 100 Continue\r\n\r\n")
                    if request.field("Expect") else None) as origin, \
                Daemon(session("shop", origin.url)) as daemon:
            done = curl("-v", "-H", "Expect: 100-continue", "--expect100-timeout", "15",
                        "--data-binary", "@-", daemon.url("shop"), stdin=b"x" * 5000)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"< HTTP/1.1 100 Continue", done.stderr)
        self.assertTrue(done.stdout.endswith(b"x" * 5000))

    def test_head_has_the_length_and_no_body(self):
        answer = self.get("-I", self.url)
        self.assertIn("200", answer.splitlines()[0])
        self.assertRegex(answer, r"(?i)content-length: \d\d")
        self.assertIn("GET", self.get(self.url), "the connection is still in order")
        self.assertEqual(self.origin.accepted, 1)

    def test_the_root_path_appends_nothing_to_the_base_path(self):
        self.assertTrue(self.get(self.url).startswith("GET /base HTTP/1.1\n"))

    def test_absolute_form_through_http_proxy_finds_the_session_s_own_listener(self):
        answer = self.get("-x", self.url, self.origin.url + "/base/seen")
        self.assertIn("/seen HTTP/1.1", answer)
        foreign = curl("-x", self.url, "-o", "-", "-w", "%{http_code}", "http://elsewhere.test/")
        self.assertTrue(foreign.stdout.endswith(b"421"), foreign.stdout)
        self.assertEqual(len(self.origin.requests), 1)

    def test_connect_is_refused_with_a_reason(self):
        done = curl("-p", "-x", self.url, "-i", "http://127.0.0.1:9/")
        self.assertIn(b"405", done.stdout + done.stderr)

    def test_every_answer_says_how_it_was_had(self):
        self.get(self.url)
        answer = self.get("-i", self.url)
        self.assertRegex(answer, r"(?i)trunkd-connection: reused; id=\d+; uses=2")
        self.assertRegex(answer, r"(?i)server-timing: .*queue;dur=")
        self.assertRegex(answer, r"(?i)trunkd-request-id: \S+")

    def test_the_access_log_has_a_line_for_each_exchange_without_its_query(self):
        self.get(self.url + "page?token=secret")
        (record,) = self.daemon.access_records(at_least=1)
        self.assertEqual(record["status"], 200)
        self.assertEqual(record["session"], "shop")
        self.assertNotIn("secret", json.dumps(record))


@peers.needs("curl")
class CurlOverUnixSocketTest(unittest.TestCase):
    def test_a_unix_socket_serves_like_a_port(self):
        with Origin(echo) as origin:
            path = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "shop.sock")
            with Daemon(session("shop", origin.url, listen=f"unix:{path}")):
                for _ in range(2):
                    done = curl("--unix-socket", path, "http://localhost/x")
                    self.assertTrue(done.stdout.startswith(b"GET /x HTTP/1.1"), done)
            self.assertEqual(origin.accepted, 1)
            self.assertFalse(os.path.exists(path), "the socket file is gone after a clean stop")


@peers.needs("curl")
class SharedPortTest(unittest.TestCase):
    """The ways to name a session on the shared port that command-line clients use."""

    def setUp(self):
        self.shop = self.enterContext(Origin(lambda request: "shop " + request.target))
        self.news = self.enterContext(Origin(lambda request: "news " + request.target))
        sessions = {"shop": {"base_url": self.shop.url}, "news": {"base_url": self.news.url}}
        self.daemon = self.enterContext(Daemon(sessions, listen=0))
        self.url = self.daemon.url()

    def ask(self, *arguments):
        return curl(*arguments).stdout.decode()

    def test_by_path_header_host_and_proxy_user(self):
        port = self.daemon.port()
        self.assertEqual(self.ask(self.url + "s/shop/a"), "shop /a")
        self.assertEqual(self.ask("-H", "Trunkd-Session: news", self.url + "b"), "news /b")
        self.assertEqual(self.ask("--resolve", f"shop.localhost:{port}:127.0.0.1",
                                  f"http://shop.localhost:{port}/c"), "shop /c")
        self.assertEqual(self.ask("-x", f"http://news:x@127.0.0.1:{port}", self.news.url + "/d"),
                         "news /d")

    def test_an_absolute_target_names_the_session_of_that_origin(self):
        self.assertEqual(self.ask("-x", self.url, self.news.url + "/e"), "news /e")

    def test_two_names_that_differ_are_refused(self):
        code = self.ask("-o", "/dev/null", "-w", "%{http_code}", "-H", "Trunkd-Session: news",
                        self.url + "s/shop/a")
        self.assertEqual(code, "400")
        self.assertEqual(self.shop.requests + self.news.requests, [])

    def test_what_is_trunkd_s_own_does_not_reach_the_origin(self):
        proxy = f"http://shop:x@127.0.0.1:{self.daemon.port()}"
        self.ask("-H", "Trunkd-Session: shop", "-x", proxy, self.shop.url + "/f")
        names = {name.lower() for name, _ in self.shop.requests[0].fields}
        self.assertFalse({n for n in names if n.startswith(("trunkd-", "proxy-"))}, names)


@peers.needs("curl")
class CurlSeesWhatWentWrongTest(unittest.TestCase):
    def run_against(self, answer, *arguments, path=""):
        with Origin(lambda request: answer) as origin, \
                Daemon(session("shop", origin.url)) as daemon:
            return curl(*arguments, daemon.url("shop") + path)

    def test_a_body_shorter_than_its_length_is_an_error(self):
        cut = Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nonly this", then="close")
        self.assertIn(self.run_against(cut).returncode, (18, 56))

    def test_a_chunked_body_without_its_last_chunk_is_an_error(self):
        cut = Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                     then="close")
        self.assertIn(self.run_against(cut).returncode, (18, 56))

    def test_a_reset_within_the_body_is_an_error_to_http_1_0_too(self):
        cut = Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                     then="reset")
        self.assertIn(self.run_against(cut, "-0").returncode, (18, 56))

    def test_an_origin_that_is_not_there_is_a_problem_of_502(self):
        with Daemon(session("shop", f"http://127.0.0.1:{peers.free_port()}")) as daemon:
            done = curl("-i", daemon.url("shop"))
        head, _, body = done.stdout.decode().partition("\r\n\r\n")
        self.assertIn(" 502 ", head.splitlines()[0])
        self.assertRegex(head, r"(?i)content-type: application/problem\+json")
        self.assertRegex(head, r"(?i)proxy-status: .*error=connection_refused")
        problem = json.loads(body)
        self.assertEqual((problem["status"], problem["session"]), (502, "shop"))
        self.assertTrue(problem["title"] and problem["detail"] and problem["type"])

    def test_an_untrusted_certificate_is_a_problem_of_502(self):
        with peers.PythonServer(peers.EchoHandler, tls=True) as origin, \
                Daemon(session("shop", origin.url)) as daemon:
            done = curl("-i", daemon.url("shop"))
        self.assertIn(b" 502 ", done.stdout.splitlines()[0])
        self.assertIn(b"tls_certificate_error", done.stdout)


@peers.needs("curl")
class ViewsTest(unittest.TestCase):
    """Location and Set-Cookie as the client must see them to come back the same way."""

    def fields(self, url, answer_fields, *arguments):
        self.answer_fields = answer_fields
        done = curl("-i", *arguments, url)
        lines = done.stdout.decode().split("\r\n\r\n")[0].split("\r\n")[1:]
        return [(n.lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]

    def setUp(self):
        self.answer_fields = []
        self.origin = self.enterContext(
            Origin(lambda request: respond("moved", "302 Found", self.answer_fields)))
        sessions = session("shop", self.origin.url + "/base")
        self.daemon = self.enterContext(Daemon(sessions, listen=0))

    def test_a_location_inside_becomes_the_own_port_s_path(self):
        inside = [("Location", self.origin.url + "/base/next?page=2")]
        fields = self.fields(self.daemon.url("shop", "/x"), inside)
        self.assertIn(("location", "/next?page=2"), fields)

    def test_a_location_inside_keeps_the_path_prefix_of_the_shared_port(self):
        fields = self.fields(self.daemon.url(None, "/s/shop/x"), [("Location", "/base/next")])
        self.assertIn(("location", "/s/shop/next"), fields)

    def test_a_location_outside_is_the_absolute_url(self):
        fields = self.fields(self.daemon.url("shop", "/x"), [("Location", "/elsewhere")])
        self.assertIn(("location", self.origin.url + "/elsewhere"), fields)

    def test_several_set_cookie_stay_several_and_fit_a_plain_local_client(self):
        cookies = [("Set-Cookie", "a=1; Path=/; Domain=127.0.0.1; Secure; HttpOnly"),
                   ("Set-Cookie", "b=2; Max-Age=60")]
        fields = self.fields(self.daemon.url("shop", "/x"), cookies)
        seen = [value for name, value in fields if name == "set-cookie"]
        self.assertEqual([value.split(";")[0] for value in seen], ["a=1", "b=2"])
        self.assertNotRegex(" ".join(seen), "(?i)domain|secure")
        self.assertIn("HttpOnly", seen[0])


@peers.needs("curl")
class ManyFilesTest(unittest.TestCase):
    def test_a_binary_body_comes_through_unchanged_whatever_its_framing(self):
        body = bytes(range(256)) * 4000
        chunks = b"".join(b"%x;note=dropped\r\n%s\r\n" % (len(part), part)
                          for part in (body[:1], body[1:70000], body[70000:]))
        framings = {
            "/length": respond(body),
            "/chunked": Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               + chunks + b"0\r\nChecksum: 1\r\n\r\n"),
            "/close": Answer(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body, then="close"),
        }
        with Origin(lambda request: framings[request.target]) as origin, \
                Daemon(session("shop", origin.url)) as daemon:
            for path in framings:
                for arguments in ((), ("-0",)):
                    done = curl(*arguments, daemon.url("shop", path))
                    self.assertEqual(done.returncode, 0, (path, arguments, done.stderr))
                    self.assertEqual(hashlib.sha256(done.stdout).digest(),
                                     hashlib.sha256(body).digest(), (path, arguments))


if __name__ == "__main__":
    harness.run_tests()
