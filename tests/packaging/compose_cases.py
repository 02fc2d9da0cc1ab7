"""The compose file: its services started by podman-compose, and seen from the application."""

import json
import os
import subprocess
import unittest

import yaml

from container_lab import DEBUG_IMAGE, IMAGE, ROOT, directory, podman
from small_network import Origin, eventually

FILE = ROOT / "config" / "compose" / "compose.yaml"
PROJECT = "trunkd-compose-test"
GATEWAY = "10.89.77.1"  # where the containers on the network "outside" find this test


class ComposeTest(unittest.TestCase):
    def compose(self, *arguments):
        done = subprocess.run(
            ["podman-compose", "-p", PROJECT, "-f", FILE, "-f", self.override, *arguments],
            env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def setUp(self):
        podman("network", "create", "--subnet", "10.89.77.0/24", f"{PROJECT}_outside")
        self.addCleanup(podman, "network", "rm", f"{PROJECT}_outside")
        self.origin = Origin(host="0.0.0.0")
        self.addCleanup(self.origin.__exit__)
        self.url = f"http://{GATEWAY}:{self.origin.port}"
        self.environment = {
            "TRUNKD_IMAGE": IMAGE, "APP_IMAGE": DEBUG_IMAGE, "PAYMENTS_URL": self.url,
            "SEARCH_URL": self.url,
        }
        self.override = directory("compose") / "override.yaml"  # an application that does nothing
        idle = ["sh", "-c", "trap exit TERM; sleep infinity & wait"]
        self.override.write_text(yaml.safe_dump({"services": {"app": {"entrypoint": idle}}}))
        self.compose("up", "-d")
        self.addCleanup(self.compose, "down")

    def ask(self, *arguments, check=True):
        return podman("exec", f"{PROJECT}_app_1", "curl", "-sS", "--max-time", "5", *arguments,
                      check=check)

    def test_the_application_reaches_trunkd_by_its_name_and_nothing_else(self):
        trunkd = f"{PROJECT}_trunkd_1"
        podman("exec", trunkd, "trunkd", "ctl", "wait", "--timeout", "20s")
        services = yaml.safe_load(FILE.read_text())["services"]
        for url in services["app"]["environment"].values():
            self.assertEqual(self.ask(f"{url}/a"), "GET /a")
        wrong = self.ask("-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: evil.example",
                         "http://trunkd:8101/")
        self.assertEqual(wrong, "421")
        self.assertNotEqual(self.ask(self.url, check=False).returncode, 0)
        settings = json.loads(podman("inspect", trunkd))[0]
        self.assertTrue(settings["HostConfig"]["ReadonlyRootfs"])
        self.assertEqual(settings["EffectiveCaps"] or [], [])
        self.assertIn("no-new-privileges", settings["HostConfig"]["SecurityOpt"])


class ComposeFileTest(unittest.TestCase):
    def test_it_has_the_time_it_takes_to_drain(self):
        services = yaml.safe_load(FILE.read_text())["services"]
        grace = int(services["trunkd"]["stop_grace_period"].removesuffix("s"))
        settings = yaml.safe_load((FILE.parent / "trunkd" / "trunkd.yaml").read_text())
        self.assertGreater(grace, int(settings["drain_timeout"].removesuffix("s")))
