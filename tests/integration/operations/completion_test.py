"""Shells complete the command line of trunkd: the shells themselves, with the scripts that
`trunkd completion` prints."""

import os
import pty
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import harness
from harness import Daemon, session

DEADLINE_SECONDS = 30
COMMANDS = {"serve", "check", "config", "schema", "demo", "init", "import", "env", "doctor", "cookies",
            "ctl", "completion"}


class Workplace:
    """A folder with `trunkd` on the PATH and the script of a shell, for one test."""

    def __init__(self, shell):
        self._directory = tempfile.TemporaryDirectory(prefix="trunkd-completion-")
        self.path = self._directory.name
        os.symlink(harness.binary(), self.file("trunkd"))
        for name in ("plain.yaml", "with blank.yaml"):
            open(self.file(name), "w").close()
        script = subprocess.run([harness.binary(), "completion", shell], check=True,
                                capture_output=True, timeout=60).stdout
        with open(self.file("script"), "wb") as out:
            out.write(script)
        self.environment = {
            "PATH": f"{self.path}:/usr/bin:/bin", "HOME": self.path, "TERM": "dumb",
            "LC_ALL": "C.UTF-8", "RUNTIME_DIRECTORY": self.path,
        }

    def file(self, name):
        return os.path.join(self.path, name)

    def run(self, command):
        ended = subprocess.run(command, env=self.environment, cwd=self.path, capture_output=True,
                               text=True, stdin=subprocess.DEVNULL, timeout=DEADLINE_SECONDS)
        assert ended.returncode == 0 and not ended.stderr, (command, ended)
        return ended.stdout

    def close(self):
        self._directory.cleanup()


class Bash:
    """The completion function, called as bash calls it."""

    name = "bash"

    def __init__(self):
        self.place = Workplace("bash")

    def offers(self, line):
        """What may stand in place of the last word of `line`; words are split at blanks and at
        "=", as bash does it."""
        words = re.findall(r"=|[^\s=]+", line) + ([""] if line.endswith(" ") else [])
        quoted = " ".join(f"'{word}'" for word in words)
        text = self.place.run(["bash", "--norc", "-c", f"""
            source ./script
            COMP_WORDS=({quoted}) COMP_CWORD={len(words) - 1}
            $(complete -p trunkd | sed 's/.*-F \\([^ ]*\\).*/\\1/') trunkd
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """])
        return {line for line in text.splitlines() if line}


class Fish:
    name = "fish"

    def __init__(self):
        self.place = Workplace("fish")

    def offers(self, line):
        text = self.place.run(["fish", "--no-config", "-c",
                               f"source ./script; complete -C '{line}'"])
        return {offer.split("\t")[0] for offer in text.splitlines()}


class Zsh:
    """zsh completes in a terminal only, so it gets one; what it would insert is asked of its
    function for that, compadd."""

    name = "zsh"
    _SETTINGS = r"""
        PS1= PROMPT_EOL_MARK= ; unsetopt zle_bracketed_paste 2>/dev/null
        autoload -Uz compinit; compinit -u
        source ./script
        compadd() {
          [[ " $* " == *" -O "* || " $* " == *" -D "* || " $* " == *" -A "* ]] && {
            builtin compadd "$@"; return
          }
          local -a found; builtin compadd -O found "$@"
          (( $#found )) && print -rl -- $found >>offers
          builtin compadd "$@"
        }
        asked() { : >offers; zle complete-word; BUFFER= ; : >offered; zle accept-line }
        zle -N asked; bindkey '^I' asked
        : >settled
    """

    def __init__(self):
        self.place = Workplace("zsh")

    def offers(self, line):
        with open(self.place.file(".zshrc"), "w") as out:
            out.write(self._SETTINGS)
        for name in ("offers", "offered", "settled"):
            if os.path.exists(self.place.file(name)):
                os.remove(self.place.file(name))
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.place.path)
            os.execvpe("zsh", ["zsh", "-i", "-d"], {**self.place.environment,
                                                    "ZDOTDIR": self.place.path})
        try:
            self._wait_for("settled", terminal)
            os.write(terminal, line.encode() + b"\t")
            self._wait_for("offered", terminal)
            with open(self.place.file("offers")) as offers:
                return {offer for offer in offers.read().splitlines() if offer}
        finally:
            os.close(terminal)  # hangs up
            os.waitpid(child, 0)

    def _wait_for(self, name, terminal):
        deadline = time.monotonic() + DEADLINE_SECONDS
        seen = b""
        while not os.path.exists(self.place.file(name)):
            if time.monotonic() > deadline:
                raise AssertionError(f"zsh does not come to {name}: {seen!r}")
            if select.select([terminal], [], [], 0.02)[0]:
                seen += os.read(terminal, 4096)


class Cases:
    """What holds for each shell; `Shell` is its class."""

    Shell = None

    def setUp(self):
        if not shutil.which(self.Shell.name):
            self.skipTest(f"{self.Shell.name} is not installed")
        self.shell = self.Shell()
        self.addCleanup(self.shell.place.close)

    def test_commands(self):
        self.assertLessEqual(COMMANDS, self.shell.offers("trunkd "))
        self.assertEqual(self.shell.offers("trunkd ct"), {"ctl"})
        self.assertLessEqual({"pause", "page"}, self.shell.offers("trunkd ctl p"))
        self.assertEqual(self.shell.offers("trunkd cookies ex"), {"export"})
        self.assertEqual(self.shell.offers("trunkd ctl cookies im"), {"import"})

    def test_what_is_not_for_people_is_not_offered(self):
        for line in ("trunkd ", "trunkd ctl ", "trunkd m", "trunkd ctl _"):
            self.assertFalse({"man", "__complete"} & self.shell.offers(line), line)

    def test_options_of_the_command_that_stands_there(self):
        self.assertLessEqual({"--live", "--json", "--config"}, self.shell.offers("trunkd check --"))
        self.assertIn("--once", self.shell.offers("trunkd ctl top --o"))
        self.assertNotIn("--once", self.shell.offers("trunkd ctl wait --"))
        self.assertIn("--all", self.shell.offers("trunkd ctl --socket /nowhere pause --a"))

    def test_choices(self):
        self.assertEqual(self.shell.offers("trunkd ctl wait --for "), {"ready", "started"})
        self.assertEqual(self.shell.offers("trunkd completion "), {"bash", "zsh", "fish"})

    def test_files(self):
        offers = self.shell.offers("trunkd serve -c pl")
        self.assertEqual({os.path.basename(offer) for offer in offers}, {"plain.yaml"})
        self.assertIn("plain.yaml", self.shell.offers("trunkd ctl --config pl"))

    def test_nothing_is_offered_where_a_text_stands(self):
        for line in ("trunkd cookies clear shop --domain ", "trunkd demo --calls "):
            self.assertEqual(self.shell.offers(line), set(), line)

    def test_sessions_of_the_running_daemon(self):
        sessions = {**session("shop", "http://127.0.0.1:9"), **session("search", "http://[::1]:9")}
        with Daemon(sessions) as daemon:
            socket_path = daemon.path("admin.sock")
            self.assertEqual(self.shell.offers(f"trunkd ctl --socket {socket_path} pause "),
                             {"shop", "search"})
            self.assertEqual(self.shell.offers(f"trunkd ctl pause shop --socket {socket_path} se"),
                             {"search"})
            config = daemon.path("trunkd.yaml")
            for line in (f"trunkd ctl -c {config} session sh",
                         f"trunkd ctl --config={config} requests --session sh",
                         f"trunkd ctl cookies list -c {config} sh"):
                self.assertEqual(self.shell.offers(line), {"shop"}, line)
            os.symlink(socket_path, self.shell.place.file("admin.sock"))
            self.assertEqual(self.shell.offers("trunkd ctl start "), {"shop", "search"},
                             "the daemon at the default place")

    def test_without_a_daemon_nothing_is_offered_and_nothing_said(self):
        self.assertEqual(self.shell.offers("trunkd ctl pause "), set())


class BashTest(Cases, unittest.TestCase):
    Shell = Bash

    def test_values_behind_an_equals_sign(self):
        self.assertEqual(self.shell.offers("trunkd ctl wait --for="), {"ready", "started"})
        self.assertEqual(self.shell.offers("trunkd ctl wait --for=st"), {"started"})
        self.assertEqual(self.shell.offers("trunkd serve --config=wi"), {"with blank.yaml"})

    def test_a_readers_own_word_breaks(self):
        """Without "=" among them, bash hands over the option and its value as one word."""
        text = self.shell.place.run(["bash", "--norc", "-c", """
            source ./script
            COMP_WORDS=(trunkd ctl wait --for=st) COMP_CWORD=3
            _trunkd; echo "${COMPREPLY[@]}"
        """])
        self.assertEqual(text, "--for=started\n")


class ZshTest(Cases, unittest.TestCase):
    Shell = Zsh


class FishTest(Cases, unittest.TestCase):
    Shell = Fish


class PatienceTest(unittest.TestCase):
    def test_a_daemon_that_hangs_does_not_hold_up_who_presses_the_key(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "admin.sock")
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path)
                listener.listen()
                ended = subprocess.run(
                    [harness.binary(), "ctl", "--socket", path, "__complete", "sessions"],
                    capture_output=True, timeout=15)
        self.assertEqual((ended.stdout, ended.stderr), (b"", b""))
        self.assertNotEqual(ended.returncode, 0)


if __name__ == "__main__":
    harness.run_tests()
