"""A real Prometheus scrapes the daemon and evaluates the rules that come with it."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request

import harness
import peers
from harness import Daemon, eventually, session
from origins import Origin, respond

RULES = os.path.join(os.path.dirname(harness.__file__), "..", "..", "config", "prometheus",
                     "trunkd.rules.yml")


class Prometheus:
    """The server, with one target that it scrapes each second."""

    def __init__(self, target):
        self.directory = tempfile.mkdtemp(prefix="trunkd-test-")
        config = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [os.path.abspath(RULES)],
            "scrape_configs": [{"job_name": "trunkd", "static_configs": [{"targets": [target]}]}],
        }
        with open(os.path.join(self.directory, "prometheus.yml"), "w") as out:
            json.dump(config, out)
        port = peers.free_port()
        self.url = f"http://127.0.0.1:{port}/api/v1/"
        self.log = open(os.path.join(self.directory, "log"), "w+")
        self.process = subprocess.Popen(
            [peers.find("prometheus"), f"--config.file={self.directory}/prometheus.yml",
             f"--storage.tsdb.path={self.directory}/data", f"--web.listen-address=127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def ask(self, what, **parameters):
        """What the API answers; none while it is not there yet."""
        if self.process.poll() is not None:
            self.log.seek(0)
            raise AssertionError("prometheus ended:\n" + self.log.read())
        try:
            query = urllib.parse.urlencode(parameters)
            with urllib.request.urlopen(f"{self.url}{what}?{query}", timeout=5) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def value(self, query):
        """The only value of the query; none if there is none yet."""
        found = self.ask("query", query=query)
        return float(found["result"][0]["value"][1]) if found and found["result"] else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        shutil.rmtree(self.directory)


@peers.needs("prometheus")
class PrometheusTest(unittest.TestCase):
    def test_it_scrapes_the_daemon_and_its_rules_are_well(self):
        port = peers.free_port()
        with Origin(lambda request: respond(b"ok")) as origin, \
                Daemon(session("shop", origin.url), metrics={"listen": f"127.0.0.1:{port}"}) as daemon, \
                Prometheus(f"127.0.0.1:{port}") as prometheus:
            for _ in range(7):
                self.assertEqual(daemon.get("shop")[0], 200)
            requests = 'trunkd_requests_total{session="shop"}'
            eventually(lambda: prometheus.value(requests) == 7, seconds=30)
            targets = prometheus.ask("targets")["activeTargets"]
            self.assertEqual([(one["health"], one["lastError"]) for one in targets], [("up", "")])
            self.assertEqual(prometheus.value(
                f"{requests} - on() sum(trunkd_responses_total{{session='shop'}})"
                " - on() sum(trunkd_requests_aborted_total{session='shop'} or vector(0))"), 0,
                "requests in are answers out and aborted ones")

            def rules():
                groups = (prometheus.ask("rules") or {"groups": []})["groups"]
                return [rule for group in groups for rule in group["rules"]]

            eventually(lambda: rules() and all(rule["health"] != "unknown" for rule in rules()),
                       seconds=30)
            self.assertEqual([(rule["name"], rule.get("lastError", "")) for rule in rules()
                              if rule["health"] != "ok"], [])
            self.assertEqual([rule["name"] for rule in rules() if rule.get("state") == "firing"], [])


if __name__ == "__main__":
    harness.run_tests()
