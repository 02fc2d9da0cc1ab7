#!/usr/bin/python3
"""The container image: built from the Dockerfile, run read-only by a user of no rights, and used.

    tests/packaging/image_test.py [unittest arguments]

Needs root, and what scripts/setup --check installs. Nothing of it touches the machine's network.
"""

import json
import re
import ssl
import subprocess
import sys
import threading
import time
import unittest

import container_lab
from compose_cases import ComposeFileTest, ComposeTest  # noqa: F401 (unittest finds them here)
from container_lab import DEBUG_IMAGE, IMAGE, ROOT, Container, directory, podman
from kubernetes_cases import ManifestTest, PodTest  # noqa: F401
from small_network import NameServer, Origin, SwitchedFolder, eventually, get

SIZE_LIMIT = 15_000_000
MEMORY_LIMIT_KIB = 16 * 1024
START_LIMIT_SECONDS = 5  # a hundredth of it on a quiet machine


def config(sessions, **top):
    """A configuration; every JSON text is YAML."""
    return json.dumps({"listen": False, **top, "sessions": sessions}, indent=1)


def mounted(files):
    folder = SwitchedFolder(directory("config"), files)
    return folder, ["--volume", f"{folder.path}:/etc/trunkd:ro"]


class ImageTest(unittest.TestCase):
    def test_it_is_small_and_says_what_it_is(self):
        image = json.loads(podman("image", "inspect", IMAGE))[0]
        print(f"image: {image['Size'] / 1e6:.1f} MB", file=sys.stderr)
        self.assertLess(image["Size"], SIZE_LIMIT)
        settings = image["Config"]
        self.assertEqual(settings["User"], "65532:65532")
        self.assertEqual(settings["StopSignal"], "SIGTERM")
        version = re.search(r"project\(trunkd VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(settings["Labels"]["org.opencontainers.image.version"], version)
        self.assertEqual(settings["Labels"]["org.opencontainers.image.licenses"], "MIT")
        said = podman("run", "--rm", "--network=none", *Container.HARDENED, IMAGE, "--version")
        self.assertEqual(said, f"trunkd {version}")

    def test_it_has_no_shell_but_every_library_licence_and_certificate(self):
        shell = podman("run", "--rm", "--network=none", "--entrypoint", "/bin/sh", IMAGE, "-c", "true",
                       check=False)
        self.assertIn(shell.returncode, (126, 127))
        with_files = podman("create", IMAGE)
        listed = subprocess.run(f"podman export {with_files} | tar -t", shell=True, check=True,
                                capture_output=True, text=True).stdout.split()
        podman("rm", "--volumes", with_files)
        self.assertIn("etc/ssl/certs/ca-certificates.crt", listed)
        for package in ("trunkd", "libc6", "libstdc++6", "ca-certificates"):
            self.assertIn(f"usr/share/doc/{package}/copyright", listed)
        self.assertIn("var/lib/dpkg/status.d/libc6", listed)

    def test_the_demonstration_runs_in_it(self):
        said = podman("run", "--rm", "--network=none", *Container.HARDENED, IMAGE, "demo",
                      "--calls", "500", "--connections", "5")
        self.assertIn("over 5 of at most 5 connections", said)

    def test_without_a_configuration_it_says_so(self):
        done = podman("run", "--rm", "--network=none", *Container.HARDENED, IMAGE, check=False)
        self.assertEqual(done.returncode, 78)
        self.assertIn("trunkd.yaml", done.stderr)

    def test_the_image_for_a_look_inside_has_a_shell_and_curl(self):
        with Origin() as origin:
            _, mount = mounted({"trunkd.yaml": config({"o": {"listen": 8101, "base_url": origin.url}})})
            with Container(*mount, image=DEBUG_IMAGE) as container:
                said = container.execute("sh", "-c", "id -u; curl -s http://127.0.0.1:8101/from-within")
                self.assertEqual(said.splitlines(), ["65532", "GET /from-within"])
                self.assertTrue(container.is_healthy())


class RunTest(unittest.TestCase):
    def setUp(self):
        self.origin = self.enterContext(Origin())

    def session(self, **more):
        return {"listen": 8101, "base_url": self.origin.url, **more}

    if not hasattr(unittest.TestCase, "enterContext"):  # before Python 3.11

        def enterContext(self, context):
            self.addCleanup(context.__exit__, None, None, None)
            return context.__enter__()

    def start(self, sessions=None, options=(), files=None, **top):
        files = {"trunkd.yaml": config(sessions or {"shop": self.session()}, **top), **(files or {})}
        self.folder, mount = mounted(files)
        return self.enterContext(Container(*mount, *options))

    def test_it_runs_as_nobody_with_no_rights_on_a_root_that_nobody_can_write(self):
        container = self.start()
        status = container.status()
        self.assertEqual(status["Uid"].split(), ["65532"] * 4)
        self.assertEqual(status["Gid"].split(), ["65532"] * 4)
        for kind in ("CapPrm", "CapEff", "CapBnd", "CapInh", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(status["Seccomp"], "2")
        mounts = container.mounts()
        self.assertIn("ro", mounts["/"])
        self.assertIn("ro", mounts["/etc/trunkd"])
        writable = {point for point, options in mounts.items() if "rw" in options}
        ours = {p for p in writable if not re.match(r"/(dev|proc|sys)(/|$)", p)}
        given = {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/run/.containerenv"}
        self.assertEqual(ours - given, {"/var/lib/trunkd", "/run/trunkd"})
        print(f"idle: {status['VmRSS']}, peak {status['VmHWM']}", file=sys.stderr)
        self.assertLess(int(status["VmRSS"].split()[0]), MEMORY_LIMIT_KIB)

    def test_it_is_ready_soon_and_its_health_check_knows(self):
        begin = time.monotonic()
        container = self.start()
        took = time.monotonic() - begin
        print(f"podman run to ready: {took:.2f} s", file=sys.stderr)
        self.assertLess(took, START_LIMIT_SECONDS)
        self.assertTrue(container.is_healthy())
        check = container.inspect()["Config"]["Healthcheck"]["Test"]
        self.assertEqual(check, ["CMD", "/usr/bin/trunkd", "ctl", "wait", "--timeout", "2s"])
        self.assertIn("shop", container.execute("trunkd", "ctl", "sessions"))

    def test_clients_share_one_connection_through_it(self):
        self.start()
        for i in range(20):
            self.assertEqual(get(8101, f"/{i}"), (200, f"GET /{i}"))
        self.assertEqual(self.origin.accepted, 1)

    def test_it_looks_names_up_by_the_hosts_file_and_by_dns(self):
        port = self.origin.port
        names = self.enterContext(NameServer("by-dns.example"))
        self.start(
            {
                "file": {"listen": 8101, "base_url": f"http://by-file.example:{port}"},
                "dns": {"listen": 8102, "base_url": f"http://by-dns.example:{port}"},
                "none": {"listen": 8103, "base_url": f"http://nowhere.example:{port}"},
            },
            options=["--dns=127.0.0.1", "--add-host=by-file.example:127.0.0.1"],
        )
        self.assertEqual(get(8101, "/a"), (200, "GET /a"))
        self.assertEqual(get(8102, "/b"), (200, "GET /b"))
        status, problem = get(8103, "/c")
        self.assertEqual(status, 502)
        self.assertIn("nowhere.example", problem)
        self.assertIn("by-dns.example", names.asked)
        self.assertNotIn("by-file.example", names.asked)

    def test_it_has_the_usual_authorities_and_takes_one_more(self):
        folder = directory("certificate")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-noenc", "-days", "2", "-subj", "/CN=origin", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
            check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        secure = self.enterContext(Origin(context))
        url = f"https://127.0.0.1:{secure.port}"
        container = self.start(
            {
                "known": {"listen": 8101, "base_url": url,
                          "tls": {"extra_ca_file": "/etc/trunkd/company.pem"}},
                "unknown": {"listen": 8102, "base_url": url},
            },
            files={"company.pem": (folder / "certificate.pem").read_text()},
        )
        self.assertEqual(get(8101, "/a"), (200, "GET /a"))
        print(f"with the authorities read: {container.status()['VmRSS']}", file=sys.stderr)
        status, problem = get(8102, "/a")
        self.assertEqual((status, json.loads(problem)["type"]), (502, "urn:trunkd:tls_certificate"))

    def test_a_hangup_reloads_what_a_switched_symlink_brought(self):
        container = self.start()
        self.assertEqual(get(8101, "/before")[0], 200)
        more = config({"news": {"listen": 8102, "base_url": self.origin.url}}, listen=False)
        text = config({"shop": self.session(connections=2)})
        self.folder.switch({"trunkd.yaml": text, "conf.d/10-news.yaml": more})
        container.signal("HUP")
        eventually(lambda: "news" in container.execute("trunkd", "ctl", "sessions"))
        self.assertEqual(get(8102, "/news"), (200, "GET /news"))
        self.assertEqual(get(8101, "/after")[0], 200)
        self.folder.switch({"trunkd.yaml": text.replace("base_url", "baseurl")})
        refused = container.execute("trunkd", "ctl", "reload", check=False)
        self.assertEqual(refused.returncode, 78)
        self.assertIn("base_url", refused.stdout + refused.stderr)
        self.assertEqual(get(8101, "/still")[0], 200)

    def test_a_secret_that_changes_is_used_without_a_reload(self):
        secrets = SwitchedFolder(directory("secrets"), {"token": "first"})
        self.start({"shop": self.session(auth={"bearer": "file:/etc/secrets/token"})},
                   options=["--volume", f"{secrets.path}:/etc/secrets:ro"])

        def sent():
            self.assertEqual(get(8101, "/")[0], 200)
            return self.origin.requests[-1][1].get("Authorization")

        self.assertEqual(sent(), "Bearer first")
        secrets.switch({"token": "second"})
        eventually(lambda: sent() == "Bearer second")

    def test_killed_and_started_again_it_is_reachable_and_has_its_state(self):
        container = self.start({"shop": self.session(cookies="persist")})
        self.assertEqual(get(8101, "/login")[0], 200)
        container.signal("KILL")
        container.wait()
        podman("start", container.id)  # its volumes have what the other left, its admin socket too
        container.execute("trunkd", "ctl", "wait", "--timeout", "20s")
        self.assertEqual(get(8101, "/account")[0], 200)
        self.assertEqual(self.origin.requests[-1][1].get("Cookie"), "who=someone")

    def test_others_reach_a_sessions_socket_in_its_volume_but_not_the_admin_socket(self):
        socket = {"unix": "/run/trunkd/shop.sock", "mode": "0666"}
        container = self.start({"shop": self.session(listen=[8101, socket])})

        def ask(path):
            return podman("run", "--rm", "--network=none", "--user=1000:1000", "--entrypoint=curl",
                          f"--volumes-from={container.id}", DEBUG_IMAGE, "-sS", "--unix-socket", path,
                          "http://localhost/sessions", check=False)

        self.assertEqual(ask("/run/trunkd/shop.sock").stdout, "GET /sessions")
        refused = ask("/run/trunkd/admin.sock")
        self.assertEqual((refused.returncode, refused.stdout), (7, ""))

    def test_asked_to_stop_it_lets_fifty_requests_finish(self):
        container = self.start({"shop": self.session(connections=50)}, drain_timeout="20s")
        answers = []
        clients = [
            threading.Thread(target=lambda i=i: answers.append((i, get(8101, f"/held/{i}"))))
            for i in range(50)
        ]
        for client in clients:
            client.start()
        self.origin.wait_for_requests(50)
        container.signal("TERM")
        eventually(lambda: "draining 50 clients" in container.logs())
        self.assertFalse(container.is_healthy())
        container.execute("trunkd", "ctl", "status", "--json")  # but it is alive
        with self.assertRaises(ConnectionRefusedError):
            get(8101, "/too-late")
        self.assertEqual(container.inspect()["State"]["Status"], "running")
        self.assertEqual(answers, [])
        self.origin.release.set()
        for client in clients:
            client.join()
        expected = [(i, (200, f"GET /held/{i}")) for i in range(50)]
        self.assertEqual(sorted(answers), expected)
        self.assertEqual(container.wait(), 0)

    def test_a_request_that_takes_longer_than_the_drain_is_cut_off_and_told(self):
        container = self.start(drain_timeout="200ms")
        outcome = []

        def ask():
            try:
                outcome.append(get(8101, "/held"))
            except OSError as cut:  # an end without an answer is one of these too
                outcome.append(cut)

        client = threading.Thread(target=ask)
        client.start()
        self.origin.wait_for_requests(1)
        podman("stop", "--time", "10", container.id)
        client.join()
        self.assertEqual(container.inspect()["State"]["ExitCode"], 0)
        self.assertIsInstance(outcome[0], OSError)


if __name__ == "__main__":
    sys.exit(container_lab.main(lambda: unittest.main(verbosity=2)))
