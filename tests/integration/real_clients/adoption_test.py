"""The first steps of a user: `trunkd init`, `env`, `import` and `doctor`, with real shells and curl."""

import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import unittest

import yaml

import harness
import peers
from harness import Daemon
from origins import Origin, respond

SECRET = "open-sesame-4711"


def echo(request):
    return f"{request.method} {request.target} {request.field('Authorization') or '-'}"


def trunkd(*arguments, stdin="", **environment):
    return subprocess.run([harness.binary(), *arguments], input=stdin, capture_output=True,
                          text=True, timeout=60, env={**plain_environment(), **environment})


def plain_environment():
    return {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


class WithDirectory(unittest.TestCase):
    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory(prefix="trunkd-test-"))

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w") as out:
            out.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)


class InitTest(WithDirectory):
    def test_the_file_passes_check_and_is_written_once(self):
        file = self.path("trunkd.yaml")
        made = trunkd("init", file, "--session", "shop", "--base-url", "https://shop.example/v2")
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        self.assertIn(f"trunkd serve -c {file}", made.stdout)
        self.assertEqual(trunkd("check", "-c", file).returncode, 0)
        with open(file) as text:
            before = text.read()
        again = trunkd("init", file)
        self.assertEqual(again.returncode, 1)
        self.assertIn("is there already", again.stderr)
        with open(file) as text:
            self.assertEqual(text.read(), before)


@peers.needs("curl")
class EnvTest(WithDirectory):
    def setUp(self):
        super().setUp()
        self.origin = self.enterContext(Origin(echo))
        self.shared, own = peers.free_port(), peers.free_port()
        self.daemon = self.enterContext(Daemon(
            {"my-shop": {"listen": own,
                         "base_url": f"http://shop.example:{self.origin.port}/v2",
                         "resolve": {"shop.example": ["127.0.0.1"]}}}, listen=self.shared))
        self.file = self.daemon.path("trunkd.yaml")

    def shell(self, line, shell="sh", **environment):
        # A proxy that nobody is: only what env says keeps curl away from it.
        environment = {**plain_environment(), "http_proxy": "http://127.0.0.1:1",
                       "TRUNKD": harness.binary(), "FILE": self.file, "HOME": self.directory,
                       **environment}
        done = subprocess.run([shell, "-c", line], capture_output=True, text=True, timeout=60,
                              env=environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def test_sh_has_the_urls_and_goes_round_the_proxy(self):
        said = self.shell('eval "$("$TRUNKD" env -c "$FILE")"; '
                          'curl -sS "$TRUNKD_MY_SHOP_URL/a"; echo; '
                          'curl -sS "$TRUNKD_URL/s/my-shop/b"')
        self.assertEqual(said, "GET /v2/a -\nGET /v2/b -")

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_has_them_too(self):
        said = self.shell('$TRUNKD env -c $FILE --shell fish | source; '
                          'curl -sS "$TRUNKD_MY_SHOP_URL/a"', shell="fish")
        self.assertEqual(said, "GET /v2/a -")

    def test_an_sdks_variable_and_what_was_in_no_proxy(self):
        said = self.shell('eval $("$TRUNKD" env my-shop --as OPENAI_BASE_URL -c "$FILE"); '
                          'echo "$no_proxy"; curl -sS "$OPENAI_BASE_URL/models"',
                          no_proxy="it's mine")
        self.assertEqual(said, "it's,mine,localhost,127.0.0.1,::1\nGET /v2/models -")

    def test_programs_that_know_only_http_proxy_reach_the_session(self):
        url = f"http://shop.example:{self.origin.port}/v2/c"
        said = self.shell('eval "$("$TRUNKD" env --proxy my-shop -c "$FILE")"; curl -sS ' + url)
        self.assertEqual(said, "GET /v2/c -")
        self.assertEqual(self.origin.accepted, 1)

    def test_an_unknown_session_is_exit_code_2_and_prints_nothing_to_eval(self):
        done = trunkd("env", "my-shopp", "-c", self.file)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn('did you mean "my-shop"?', done.stderr)


@peers.needs("curl")
class ImportTest(WithDirectory):
    def imported(self, command, *arguments):
        """(the file's path, its text) of what `trunkd import -` makes; nothing in it is secret."""
        done = trunkd("import", "-", "--listen", str(peers.free_port()), *arguments, stdin=command)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn(SECRET, done.stdout)
        file = self.write("imported.yaml", done.stdout)
        checked = trunkd("check", "-c", file)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        return file, done.stdout

    def sessions_of(self, text):
        return yaml.safe_load(text)["sessions"]

    def run_call(self, text, **environment):
        """Runs the call that the file's comments show, as a user would."""
        lines = text.splitlines()
        call = lines[lines.index("# The same call through trunkd:") + 1].removeprefix("#")
        done = subprocess.run(["sh", "-c", call], capture_output=True, text=True, timeout=60,
                              env={**plain_environment(), **environment})
        self.assertEqual(done.returncode, 0, done)
        return done.stdout

    def test_the_session_does_what_the_command_did_without_its_secret(self):
        with Origin(echo) as origin:
            secret = self.path("shop.token")
            _, text = self.imported(
                f"curl -sS -X PUT '{origin.url}/v1/items/7?dry=1&x=a%20b' \\\n"
                f"  -H 'Authorization: Bearer {SECRET}' -H \"X-Team: it's us\" \\\n"
                "  -A 'shop-tool/1.0' --data '{\"a\": 1}' --compressed\n",
                "--session", "shop", "--secret", f"file:{secret}")
            install = next(line for line in text.splitlines() if "install -D" in line)
            subprocess.run(["sh", "-c", install.removeprefix("#")], input=SECRET + "\n", text=True,
                           check=True, timeout=60)
            self.assertEqual(stat.S_IMODE(os.stat(secret).st_mode), 0o600)
            with Daemon(self.sessions_of(text)):
                said = self.run_call(text, CURL_BODY='{"a": 1}')
            self.assertEqual(said, f"PUT /v1/items/7?dry=1&x=a%20b Bearer {SECRET}")
            request = origin.requests[-1]
            self.assertEqual(request.body, b'{"a": 1}')
            self.assertEqual(request.field("User-Agent"), "shop-tool/1.0")
            self.assertEqual(request.field("X-Team"), "it's us")

    def test_the_words_of_the_command_need_no_quotes_and_are_quoted_by_no_mistake(self):
        words = ["curl", f"-uann:{SECRET}", "-H", "X-Team: red", "https://shop.example/x"]
        for before in ([], ["--"], ["--session", "shop"]):
            done = trunkd("import", *before, *words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertNotIn(SECRET, done.stdout)
            self.assertEqual(self.sessions_of(done.stdout)["shop"]["headers"], {"X-Team": "red"})
        for wrong in ([f"-uann:{SECRET}"], ["curl", f"-uann:{SECRET}"],
                      [" ".join(words), f"-uann:{SECRET}"]):
            done = trunkd("import", *wrong)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertNotIn(SECRET, done.stderr)

    def test_a_variable_of_the_shell_is_read_by_the_daemon(self):
        with Origin(echo) as origin:
            _, text = self.imported(f'curl -H "Authorization: Bearer $SHOP_TOKEN" {origin.url}/a')
            with Daemon(self.sessions_of(text), environment={"SHOP_TOKEN": SECRET}):
                self.assertEqual(self.run_call(text), f"GET /a Bearer {SECRET}")

    def test_a_login_is_the_same_field_that_curl_makes(self):
        with Origin(echo) as origin:
            command = f"curl -sS -u 'ann:{SECRET}' {origin.url}/a"
            plain = subprocess.run(command, shell=True, capture_output=True, text=True,
                                   timeout=60, env=plain_environment()).stdout
            secret = self.write("password", SECRET + "\n")
            _, text = self.imported(command, "--secret", f"file:{secret}")
            with Daemon(self.sessions_of(text)):
                self.assertEqual(self.run_call(text), plain)

    def test_what_a_browser_copies_works_through_the_session(self):
        def app(request):
            return respond("in", fields=[("Set-Cookie", "sid=2; Path=/")])

        with Origin(app) as origin:
            _, text = self.imported(
                f"curl '{origin.url}/api/cart' -H 'accept: application/json' \\\n"
                f"  -H 'accept-encoding: gzip, br' -H 'cookie: sid={SECRET}' \\\n"
                f"  -H 'origin: {origin.url}' -H 'referer: {origin.url}/cart?t={SECRET}' \\\n"
                "  -H 'sec-fetch-mode: cors' -H 'sec-fetch-site: same-site' \\\n"
                f"  -H 'x-csrf-token: {SECRET}' --data-raw $'{{\"p\":\"{SECRET}\\u0021\"}}'")
            with Daemon(self.sessions_of(text), environment={"STATE_DIRECTORY": self.directory}):
                for _ in range(2):
                    self.assertEqual(self.run_call(text, CURL_BODY="{}", CURL_X_CSRF_TOKEN="t"), "in")
            first, second = origin.requests
            self.assertIsNone(first.field("Cookie"))
            self.assertEqual(second.field("Cookie"), "sid=2")
            self.assertEqual(second.field("Origin"), origin.url)
            self.assertEqual(second.field("Referer"), f"{origin.url}/cart")
            self.assertEqual(second.field("Accept"), "application/json")
            self.assertEqual(second.field("X-Csrf-Token"), "t")
            self.assertIsNone(second.field("Sec-Fetch-Site"))

    def test_a_command_in_quotes_and_the_words_of_one_are_the_same(self):
        quoted = trunkd("import", "curl -L -H 'X-Team: a b' https://api.example.com/x")
        words = trunkd("import", "--", "curl", "-L", "-H", "X-Team: a b",
                       "https://api.example.com/x")
        self.assertEqual((quoted.returncode, quoted.stderr), (0, ""))
        self.assertEqual(quoted.stdout, words.stdout)
        self.assertEqual(self.sessions_of(quoted.stdout)["example"]["headers"], {"X-Team": "a b"})

    def test_a_mistake_is_exit_code_2_and_quotes_nothing(self):
        for command in (f"curl '{SECRET}", f"wget {SECRET}", f"curl -u a:{SECRET} ftp://x/"):
            done = trunkd("import", "-", stdin=command)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertTrue(done.stderr.startswith("trunkd: the command"), done.stderr)
            self.assertNotIn(SECRET, done.stderr)


class DoctorTest(WithDirectory):
    def doctor(self, file, *arguments, **environment):
        done = trunkd("doctor", "--json", *arguments, "-c", file, RUNTIME_DIRECTORY=self.directory,
                      STATE_DIRECTORY=self.directory, **environment)
        self.assertEqual(done.stderr, "")
        report = json.loads(done.stdout)
        found = {}
        for finding in report["findings"]:
            found.setdefault(finding["check"], []).append(finding)
        return done.returncode, found

    def configuration(self, **sessions):
        return self.write("trunkd.yaml", json.dumps({"listen": False, "sessions": sessions}))

    def test_a_machine_on_which_all_is_well_is_exit_code_0(self):
        with Origin(echo) as origin:
            port = peers.free_port()
            file = self.configuration(shop={"listen": port, "base_url": origin.url,
                                            "cookies": "persist"})
            code, found = self.doctor(file)
        self.assertEqual(code, 0, found)
        self.assertEqual(found[f"shop {port}"][0]["seen"], "is free")
        self.assertEqual(found["host of shop"][0]["seen"], f"{origin.url} answers (200)")
        self.assertEqual(found["state"][0]["seen"], f"{self.directory} can be written")

    def test_a_host_that_does_not_answer_is_exit_code_1_unless_it_is_not_asked(self):
        file = self.configuration(shop={"listen": 0, "base_url": "http://127.0.0.1:1"})
        code, found = self.doctor(file)
        self.assertEqual((code, found["host of shop"][0]["level"]), (1, "problem"))
        code, found = self.doctor(file, "--offline")
        self.assertEqual(code, 0)
        self.assertNotIn("host of shop", found)

    def test_what_a_running_trunkd_has_is_as_it_should_be(self):
        port, shared = peers.free_port(), peers.free_port()
        with Origin(echo) as origin, Daemon(
                {"shop": {"listen": [port, f"unix:{self.path('shop.sock')}"],
                          "base_url": origin.url}}, listen=shared) as daemon:
            code, found = self.doctor(daemon.path("trunkd.yaml"), "--offline")
            self.assertEqual(code, 0, found)
            has_it = f"the running trunkd (pid {daemon.pid}) has it"
            self.assertEqual(found[f"shop {port}"][0]["seen"], has_it)
            self.assertEqual(found[f"shared port {shared}"][0]["seen"], has_it)
            self.assertEqual(found[f"shop unix:{self.path('shop.sock')}"][0]["seen"], has_it)
            self.assertEqual(origin.accepted, 0)  # nothing of it is sent on
            # Another configuration that wants the same port: a trunkd is in the way.
            unix = f"unix:{self.path('shop.sock')}"
            other = self.configuration(shop={"listen": [port, unix], "base_url": origin.url})
            code, found = self.doctor(other, "--offline")
            self.assertEqual(code, 0)
            for listener in (f"shop {port}", f"shop {unix}"):
                self.assertEqual(found[listener][0]["level"], "hint")

    def test_a_secret_on_a_file_system_that_cannot_be_written_is_no_trap(self):
        """A container is given its secrets so, readable by everybody in it."""
        place = self.path("secrets")
        os.mkdir(place)
        if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", place],
                          capture_output=True).returncode != 0:
            self.skipTest("this user cannot mount a file system of its own")
        file = self.configuration(shop={"listen": 0, "base_url": "http://127.0.0.1:1",
                                        "auth": {"bearer": f"file:{place}/token"}})
        script = """mount -t tmpfs none "$1" && echo a >"$1/token" && chmod 444 "$1/token" && $4 &&
                    exec "$2" doctor --offline --json -c "$3" """
        levels = []
        for then in ("true", f"mount -o remount,ro {place}"):
            done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", place,
                                   harness.binary(), file, then], capture_output=True, text=True,
                                  timeout=60, env=plain_environment())
            levels += [one["level"] for one in json.loads(done.stdout)["findings"]
                       if one["check"] == "secret of shop"]
        self.assertEqual(levels, ["hint", "ok"])

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_a_user_who_may_not_see_the_daemon_still_learns_that_it_is_one(self):
        with open("/proc/1/comm") as comm:
            if comm.read() == "systemd\n":
                self.skipTest("root's sockets may be systemd's, and are not asked")
        shared, metrics, admin = peers.free_port(), peers.free_port(), peers.free_port()
        tops = {"metrics": {"listen": metrics}, "admin": {"listen": admin}}
        sessions = {"shop": {"base_url": "http://127.0.0.1:1"}}
        os.chmod(self.directory, 0o755)
        file = self.write("trunkd.yaml", json.dumps(
            {"listen": shared, **tops, "sessions": sessions}), mode=0o644)
        with Daemon(sessions, listen=shared, **tops):
            done = subprocess.run(
                [harness.binary(), "doctor", "--json", "--offline", "-c", file],
                capture_output=True, text=True, timeout=60, user=65534, group=65534,
                extra_groups=[], env={**plain_environment(), "RUNTIME_DIRECTORY": self.directory})
        found = {one["check"]: one for one in json.loads(done.stdout)["findings"]}
        for check, one in found.items():
            if check.startswith(("shared port", "metrics", "admin 127")):
                self.assertEqual(one["level"], "hint", one)
                self.assertRegex(one["seen"], "^a trunkd has it", one)
        self.assertEqual(3, sum(one["seen"].startswith("a trunkd has it")
                                for one in found.values()), found)

    def test_traps_are_found_and_told_what_to_do(self):
        secret = self.write("token", SECRET + "\n", mode=0o644)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            file = self.configuration(
                shop={"listen": port, "base_url": "http://127.0.0.1:1",
                      "auth": {"bearer": f"file:{secret}"}},
                mail={"listen": 0, "base_url": "http://127.0.0.1:1",
                      "auth": {"bearer": f"file:{self.path('none')}"}})
            code, found = self.doctor(file, "--offline", http_proxy=f"http://a:{SECRET}@p:1")
        self.assertEqual(code, 1)
        self.assertEqual(found[f"shop {port}"][0]["level"], "problem")
        self.assertIn(f"(pid {os.getpid()})", found[f"shop {port}"][0]["seen"])
        self.assertEqual(found["secret of shop"][0]["level"], "hint")
        self.assertEqual(found["secret of shop"][0]["advice"], f"chmod 600 {secret}")
        self.assertEqual(found["secret of mail"][0]["level"], "problem")
        self.assertEqual(found["proxy variables"][0]["level"], "problem")
        self.assertNotIn(SECRET, json.dumps(found))

    def test_a_broken_configuration_is_exit_code_78(self):
        file = self.configuration(shop={"base_url": "http://a.example", "conections": 1})
        code, found = self.doctor(file, "--offline")
        self.assertEqual(code, 78)
        self.assertIn('did you mean "connections"?', found["configuration"][0]["seen"])
        self.assertIn("authorities", found)

    def test_people_get_a_table_and_a_count(self):
        file = self.configuration(shop={"listen": 0, "base_url": "http://127.0.0.1:1"})
        done = trunkd("doctor", "-c", file, "--offline", http_proxy="http://p:1")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"(?m)^ok       configuration    1 session in /")
        self.assertRegex(done.stdout, r"(?m)^problem  proxy variables  http_proxy is set, ")
        self.assertRegex(done.stdout, r"(?m)^ +Calls to trunkd's own ports go to that proxy; ")
        self.assertRegex(done.stdout, r"\n1 problem(, \d hints?)?\.\n$")


if __name__ == "__main__":
    harness.run_tests()
