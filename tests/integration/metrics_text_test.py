"""What is written about the metrics is true, and Prometheus' own tool finds nothing to complain of.

usage: metrics_text_test.py PROGRAM_THAT_PRINTS_THE_METRICS SOURCE_DIR
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import peers  # noqa: E402
import yaml  # noqa: E402

# What a histogram consists of.
PARTS = re.compile(r"_(?:bucket|count|sum)$")
NAME = re.compile(r"\b(?:trunkd|process)_[a-z0-9_]+")
# A row of the tables in docs/metrics.md: name, type, labels.
ROW = re.compile(r"^\| `([a-z0-9_]+)` \| (counter|gauge|histogram) \|([a-z, ]*)\| .+ \|$")
# Words of labels in a selector: {code="5xx", ...}
SELECTOR = re.compile(r"(\w+)\{([^}]*)\}")


class MetricsTextTest(unittest.TestCase):
    program = source = None
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.text = subprocess.check_output([cls.program], text=True)
        cls.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", cls.text, re.MULTILINE))
        cls.labels = {}
        for name, labels in re.findall(r"^([a-z_0-9]+)(?:\{(.*)\})? \S+$", cls.text, re.MULTILINE):
            names = set(re.findall(r'(\w+)="', labels)) - {"le"}
            cls.labels.setdefault(cls.metric(name), set()).update(names)

    @classmethod
    def metric(cls, name):
        """The metric that a sample or a query with this name belongs to; None: there is none."""
        if name in cls.types:
            return name
        whole = PARTS.sub("", name)
        return whole if cls.types.get(whole) == "histogram" else None

    @property
    def promtool(self):
        return peers.find("promtool")

    def judge(self, *arguments, **options):
        done = subprocess.run([self.promtool, *arguments], text=True, capture_output=True,
                              check=False, **options)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    # --- promtool

    @peers.needs("promtool")
    def test_promtool_has_no_complaint(self):
        self.assertEqual(self.judge("check", "metrics", input=self.text), "")

    @peers.needs("promtool")
    def test_promtool_would_complain(self):
        done = subprocess.run([self.promtool, "check", "metrics"], text=True, check=False,
                              capture_output=True, input="# TYPE a_ms counter\na_ms 1\n")
        self.assertNotEqual(done.returncode, 0)

    @peers.needs("promtool")
    def test_the_alert_rules_are_rules(self):
        self.judge("check", "rules", "config/prometheus/trunkd.rules.yml", cwd=self.source)

    @peers.needs("promtool")
    def test_the_alerts_fire_when_they_should(self):
        self.judge("test", "rules", "config/prometheus/trunkd.rules.test.yml", cwd=self.source)

    # --- what is written about them

    def documented(self):
        rows = {}
        text = (self.source / "docs/metrics.md").read_text(encoding="utf-8")
        for line in text.splitlines():
            match = ROW.match(line)
            if match:
                labels = set(re.findall("[a-z]+", match[3]))
                self.assertNotIn(match[1], rows, "stands twice")
                rows[match[1]] = (match[2], labels)
        return rows

    def test_each_metric_is_documented_with_its_type_and_labels_and_no_other_is(self):
        shown = {name: (kind, self.labels[name]) for name, kind in self.types.items()}
        self.assertEqual(self.documented(), shown)
        self.assertGreater(len(shown), 40)

    def test_each_value_of_a_fixed_label_is_documented(self):
        text = (self.source / "docs/metrics.md").read_text(encoding="utf-8")
        fixed = {"code", "source", "reason", "outcome", "phase", "state", "result", "answer",
                 "connection", "operation"}
        for label, value in set(re.findall(r'(\w+)="([^"]*)"', self.text)):
            if label in fixed:
                self.assertIn(f"`{value}`", text, f"{label}={value}")

    # Nothing that a client says is in a label: hosts have dots, paths slashes.
    def test_labels_hold_neither_hosts_nor_paths(self):
        for label, value in set(re.findall(r'(\w+)="([^"]*)"', self.text)):
            if label not in ("le", "version"):
                self.assertRegex(value, r"^[a-z0-9_-]*$", label)

    def check_query(self, query, where, own_labels=("instance", "job")):
        for name in NAME.findall(query):
            if name not in ("trunkd",):
                self.assertTrue(self.metric(name), f"{where}: there is no {name}")
        for name, selectors in SELECTOR.findall(query):
            if self.metric(name):
                for label in re.findall(r"(\w+)\s*(?:=|!=|=~|!~)\s*\"", selectors):
                    self.assertIn(label, self.labels[self.metric(name)] | set(own_labels),
                                  f"{where}: {name} has no label {label}")

    def test_the_alert_rules_ask_for_what_is_there(self):
        rules = yaml.safe_load(
            (self.source / "config/prometheus/trunkd.rules.yml").read_text(encoding="utf-8"))
        alerts = [rule for group in rules["groups"] for rule in group["rules"]]
        self.assertGreater(len(alerts), 10)
        for rule in alerts:
            self.check_query(rule["expr"], rule["alert"])

    def test_each_alert_has_a_test(self):
        rules = (self.source / "config/prometheus/trunkd.rules.yml").read_text(encoding="utf-8")
        tests = (self.source / "config/prometheus/trunkd.rules.test.yml").read_text(
            encoding="utf-8")
        for alert in re.findall(r"- alert: (\w+)", rules):
            self.assertIn(f"alertname: {alert}}}", tests, "that it is silent")
            self.assertIn(f'alertname="{alert}"', tests, "that it fires")

    def test_the_dashboard_asks_for_what_is_there(self):
        dashboard = json.loads(
            (self.source / "config/grafana/trunkd.json").read_text(encoding="utf-8"))
        queries = [(panel["title"], target["expr"])
                   for panel in dashboard["panels"] for target in panel["targets"]]
        self.assertGreater(len(queries), 20)
        for title, query in queries:
            self.check_query(query, title)
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                self.check_query(variable["query"]["query"], variable["name"])

    @peers.needs("promtool")
    def test_the_queries_of_the_dashboard_are_queries(self):
        dashboard = json.loads(
            (self.source / "config/grafana/trunkd.json").read_text(encoding="utf-8"))
        # promtool checks expressions as those of rules; Grafana fills in what begins with "$".
        rules = {"groups": [{"name": "dashboard", "rules": [
            {"record": "checked", "expr": target["expr"].replace("$__rate_interval", "5m"),
             "labels": {"panel": str(panel["id"]), "query": target["refId"]}}
            for panel in dashboard["panels"] for target in panel["targets"]]}]}
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            json.dump(rules, file)
            file.flush()
            self.judge("check", "rules", file.name)


if __name__ == "__main__":
    MetricsTextTest.program = sys.argv[1]
    MetricsTextTest.source = pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
