"""Runs a page of docs/recipes as somebody would who has read its README.md and then reads the page
from top to bottom.

| what stands there                            | what is done with it                            |
| a line that ends in "`NAME`:" and a block    | the block becomes the file NAME                 |
| a file in /etc/trunkd/conf.d                 | trunkd is started as the package's service is,  |
|                                              | by the user trunkd; or told to reload           |
| a file in /etc/cron.d                        | each of its commands is run once, as cron does  |
| a block of `sh`                              | is run by bash, from a directory of its own     |
| a block of `text` after it                   | is what it prints; `...` stands for anything in |
|                                              | its line, and alone in it for any lines         |

`<!-- needs npm: PACKAGES -->` before a block of `sh` says what it needs beside Debian's packages:
.deps/npm/node_modules has them (scripts/setup --check). Any other block is a mistake.
"""

import dataclasses
import json
import os
import pwd
import re
import signal
import subprocess
import threading

import harness
import place

_ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
_NPM = os.path.join(_ROOT, ".deps", "npm", "node_modules")
BLOCK_SECONDS = 300  # Go compiles its library at the first use

_FENCE = re.compile(r"```(\w*)\s*")
_FILE = re.compile(r".*`([^`]+)`:")
_NEEDS = re.compile(r"<!-- needs npm: (.+) -->")


@dataclasses.dataclass
class Block:
    line: int  # of its first line, from 1
    language: str
    text: str
    file: str  # what it is to be named, or empty
    needs: list  # of npm's packages


def blocks_of(page):
    """All code blocks of a page's text."""
    blocks, before, needs = [], "", []
    lines = iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        fence = _FENCE.fullmatch(line)
        if not fence:
            before = line.strip() or before
            needed = _NEEDS.fullmatch(line.strip())
            needs = needed[1].split() if needed else needs
            continue
        inside = []
        for _, line in lines:
            if line.strip() == "```":
                break
            inside.append(line)
        title = _FILE.fullmatch(before)
        blocks.append(Block(number + 1, fence[1], "\n".join(inside) + "\n",
                            title[1] if title else "", needs))
        before, needs = "", []
    return blocks


def matches(expected, printed):
    """Whether a text is as expected."""
    anything = re.escape("...")
    lines = (re.escape(line) for line in expected.strip().splitlines())
    pattern = "\n".join("(?s:.*)" if line == anything else line.replace(anything, "[^\n]*")
                        for line in lines)
    return re.fullmatch(pattern, printed.strip()) is not None


class Run:
    """One recipe on its way. Use it in a `with` block: leaving it ends the daemon in order."""

    def __init__(self, page, scratch):
        self.pages = [os.path.join(os.path.dirname(page), "README.md"), page]
        self.home = os.path.join(scratch, "home")
        self.daemon = None
        self.left_out = []  # packages that are not here
        self.printed = []  # what each block of sh printed
        place.install(harness.binary(), os.path.join(scratch, "bin", "trunkd"))
        self.environment = {
            "GOCACHE": os.path.expanduser("~/.cache/go-build"),
            "HOME": self.home,
            "LANG": "C.UTF-8",
            "PATH": f"{scratch}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "STATE_DIRECTORY": os.path.join(scratch, "state"),
            "USER": "root",
        }

    def follow(self):
        for page in self.pages:
            with open(page, encoding="utf-8") as text:
                self._follow(blocks_of(text.read()), os.path.basename(page))

    def _follow(self, blocks, page):
        previous = None
        for block in blocks:
            where = f"{page}:{block.line}"
            if block.file:
                self._write(block, where)
            elif block.language == "sh":
                self._run(block, where)
            elif block.language == "text" and previous and previous.language == "sh":
                if not previous.needs or not self.left_out:
                    if not matches(block.text, self.printed[-1]):
                        raise AssertionError(f"{where}: expected\n{block.text}"
                                             f"but this was printed:\n{self.printed[-1]}")
            else:
                raise AssertionError(f"{where}: nothing says what to do with this block")
            previous = block

    def _write(self, block, where):
        path = os.path.join(self.home, block.file)  # an absolute one stays as it is
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(block.text)
        if path.startswith("/etc/trunkd/conf.d/"):
            self._configured(where)
        if path.startswith("/etc/cron.d/"):
            self._run_as_cron_does(block.text, where)

    def _configured(self, where):
        if self.daemon:
            self._shell("trunkd ctl reload", where)
        else:
            self._shell("trunkd check", where)
            self.daemon = Serving(self.environment)

    def _run(self, block, where):
        for package in block.needs:
            if not os.path.isdir(os.path.join(_NPM, package)):
                self.left_out.append(package)
        if block.needs and not self.left_out:
            os.symlink(_NPM, os.path.join(self.home, "node_modules"))
        if not block.needs or not self.left_out:
            self.printed.append(self._shell(block.text, where))

    def _shell(self, text, where):
        return self._call(["bash", "-euo", "pipefail", "-c", text], where, self.environment)

    def _run_as_cron_does(self, crontab, where):
        for line in crontab.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            *_, user, command = line.split(None, 6)
            assert "%" not in command, "cron makes a line end of it"
            who = pwd.getpwnam(user)
            environment = {"HOME": who.pw_dir, "LOGNAME": user, "PATH": "/usr/bin:/bin",
                           "SHELL": "/bin/sh"}
            self.printed.append(self._call(["/bin/sh", "-c", command], where, environment,
                                           user=who.pw_uid, group=who.pw_gid, extra_groups=[],
                                           cwd="/"))

    def _call(self, command, where, environment, **more):
        done = subprocess.run(command, **{"cwd": self.home, **more}, env=environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=BLOCK_SECONDS, check=False)
        if done.returncode != 0:
            log = "\n".join(self.daemon.lines[-40:]) if self.daemon else ""
            raise AssertionError(f"{where}: exit code {done.returncode}\n{done.stdout}"
                                 f"{done.stderr}\ntrunkd said:\n{log}")
        return done.stdout

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.daemon:
            self.daemon.stop(judge=kind is None)


class Serving:
    """trunkd as it runs on a machine: with what stands in /etc/trunkd."""

    def __init__(self, environment):
        self.lines = []
        self._ready = threading.Event()
        environment = {**environment, "RUNTIME_DIRECTORY": "/run/trunkd"}
        # This user can read less than root, who follows the recipe: its files must be for both.
        self.process = subprocess.Popen(["trunkd", "serve"], env=environment, cwd="/",
                                        user=place.USER, group=place.USER, extra_groups=[],
                                        umask=0o077, stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True, errors="replace")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if not self._ready.wait(harness.READY_SECONDS) or self.process.poll() is not None:
            self.process.kill()
            raise AssertionError("trunkd did not get ready:\n" + "\n".join(self.lines))

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            if json.loads(line).get("message") == "ready":
                self._ready.set()
        self._ready.set()  # it has ended; whoever waits sees that

    def stop(self, judge):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(harness.STOP_SECONDS)
        self._reader.join(5)
        self.process.stderr.close()
        if judge and code != 0:
            raise AssertionError(f"trunkd ended with {code}:\n" + "\n".join(self.lines[-40:]))
