"""The manual pages read well for man and mandoc, and tell of every command and field."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

import harness

ROOT = os.path.join(os.path.dirname(__file__), "..", "..", "..")


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **more)


class ManualTest(unittest.TestCase):
    def setUp(self):
        for tool in ("man", "mandoc"):
            if not shutil.which(tool):
                self.skipTest(f"{tool} is not installed")
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.pages = {}
        for section, name in (("8", "trunkd.8"), ("5", "trunkd.yaml.5")):
            printed = run(harness.binary(), "man", section)
            self.assertEqual((printed.returncode, printed.stderr), (0, ""))
            self.pages[section] = os.path.join(directory.name, name)
            with open(self.pages[section], "w") as out:
                out.write(printed.stdout)

    def rendered(self, section):
        """The words of the page, without the line ends that man makes of wide lines."""
        shown = run("man", "-l", self.pages[section],
                    env={**os.environ, "MANWIDTH": "1000", "LC_ALL": "C.UTF-8",
                         "MANROFFOPT": "-c", "MAN_KEEP_FORMATTING": ""})
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return re.sub(r"\s+", " ", re.sub(r".\x08", "", shown.stdout))

    def test_neither_man_nor_mandoc_finds_a_fault(self):
        for page in self.pages.values():
            lint = run("mandoc", "-T", "lint", "-W", "warning", page)
            self.assertEqual((lint.returncode, lint.stdout), (0, ""))
            man = run("man", "--warnings", "-l", page, env={**os.environ, "MANWIDTH": "80"})
            self.assertEqual((man.returncode, man.stderr), (0, ""))

    def test_every_command_of_the_help_is_in_the_page(self):
        page = self.rendered("8")
        for group in ([], ["ctl"], ["cookies"], ["ctl", "cookies"]):
            text = run(harness.binary(), *group, "--help").stdout
            commands = re.findall(r"(?m)^  ([a-z]+)(?:,\S* \S+)? {2,}\S",
                                  text.partition("Subcommands:")[2])
            self.assertGreater(len(commands), 3, text)
            for command in commands:
                self.assertIn(" ".join(["trunkd", *group, command]), page)

    def test_every_field_of_the_reference_is_in_the_page(self):
        page = self.rendered("5")
        with open(os.path.join(ROOT, "docs", "configuration.md")) as text:
            fields = re.findall(r"(?m)^\| `([a-z_.]+)` \| .* \| (.+) \|$", text.read())
        self.assertGreater(len(fields), 80)
        for name, sentence in fields:
            self.assertIn(f" {name} {sentence}", page)


if __name__ == "__main__":
    harness.run_tests()
