"""`trunkd demo` as somebody types it: the example that the README opens with."""

import re
import subprocess
import unittest

import harness

SECONDS = 120


def run_demo(*arguments):
    return subprocess.run([harness.binary(), "demo", *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=SECONDS)


def row(output, title):
    """The two figures of a row of the table: through trunkd, and a new connection each."""
    found = re.search(rf"^ *{re.escape(title)}  +(\S+)  +(\S+)$", output, re.MULTILINE)
    if not found:
        raise AssertionError(f"no row {title!r} in:\n{output}")
    return [int(figure.replace(",", "")) for figure in found.groups()]


class DemoTest(unittest.TestCase):
    def test_many_calls_share_the_connections_that_it_was_given(self):
        demo = run_demo("--calls", "600", "--connections", "7")
        self.assertEqual(demo.returncode, 0, demo.stdout + demo.stderr)
        self.assertEqual(row(demo.stdout, "calls")[0], 600)
        self.assertEqual(row(demo.stdout, "wrong or failed"), [0, 0])
        shared, separate = row(demo.stdout, "connections opened")
        self.assertEqual(shared, 7)
        self.assertEqual(separate, row(demo.stdout, "calls")[1])
        full, _ = row(demo.stdout, "TLS handshakes, full")
        resumed, _ = row(demo.stdout, "TLS handshakes, resumed")
        self.assertEqual(full + resumed, shared)
        self.assertIn("Passed: every answer was right", demo.stdout)
        self.assertIn("serve -c trunkd.yaml", demo.stdout)

    def test_a_wrong_number_is_a_usage_error(self):
        demo = run_demo("--connections", "0")
        self.assertEqual(demo.returncode, 2, demo.stdout + demo.stderr)


if __name__ == "__main__":
    harness.run_tests()
