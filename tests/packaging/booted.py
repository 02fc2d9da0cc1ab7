"""A throw-away Debian that runs systemd as its first process, with a package installed.

Needs root, systemd-nspawn and debootstrap. What happens in it lives in memory and in namespaces of its
own. The tests' origins and clients are this process's, in the network of the booted system, so that
nothing but the package is installed there.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "..", "..", "scripts")
BOOT_SECONDS = 60
_CLONE_NEWNET = 0x40000000


class Booted:
    def __init__(self, suite, package):
        self.work = tempfile.mkdtemp(prefix="trunkd-booted-")
        self.root = os.path.join(self.work, "root")
        self.nspawn = self.leader = None
        base = subprocess.run(
            [os.path.join(SCRIPTS, "base-root"), suite, "systemd"],
            check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        _run("mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", self.work)
        try:
            self._install(base, package)
            self._boot()
        except BaseException:
            self.close()
            raise

    def _install(self, base, package):
        for name in ("changes", "scratch", "root"):
            os.mkdir(os.path.join(self.work, name))
        layers = f"lowerdir={base},upperdir={self.work}/changes,workdir={self.work}/scratch"
        _run("mount", "-t", "overlay", "overlay", "-o", layers, self.root)
        shutil.copy("/etc/resolv.conf", os.path.join(self.root, "etc/resolv.conf"))
        self.write("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")
        shutil.copy(package, os.path.join(self.root, "trunkd.deb"))
        # In namespaces of their own, so that nothing that a script starts stays.
        _run("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec",
             'mount -t proc proc "$1/proc"; mount --rbind /dev "$1/dev"; '
             'export DEBIAN_FRONTEND=noninteractive; chroot "$1" apt-get -qq update; '
             'chroot "$1" apt-get -qq install -y --no-install-recommends /trunkd.deb </dev/null',
             "sh", self.root, quiet=True)

    def _boot(self):
        self.console = open(os.path.join(self.work, "console"), "wb")
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", self.root, "--boot", "--register=no", "--keep-unit",
             "--private-network", "--console=pipe"],
            stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT)
        self._wait(self._find_leader, "systemd as the first process")
        self._wait(lambda: self.output("systemctl", "is-system-running")
                   in ("running", "degraded"), "the end of the boot")

    def _find_leader(self):
        with open(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children") as children:
            for pid in children.read().split():
                with open(f"/proc/{pid}/comm") as name:
                    if name.read().strip() == "systemd":
                        self.leader = int(pid)
        return self.leader is not None

    def _wait(self, condition, what):
        end = time.monotonic() + BOOT_SECONDS
        while not condition():
            if self.nspawn.poll() is not None or time.monotonic() > end:
                with open(self.console.name, errors="replace") as console:
                    raise AssertionError(f"no {what}:\n{console.read()[-4000:]}")
            time.sleep(0.05)

    # What the tests do with it.

    def run(self, *command, check=True):
        """The finished command; its output is text, both streams together."""
        done = subprocess.run(["nsenter", "-t", str(self.leader), "-a", "--", *command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n"
                                 + self.journal())
        return done

    def output(self, *command):
        return self.run(*command, check=False).stdout.strip()

    def journal(self, *options):
        self.run("journalctl", "--sync")
        done = subprocess.run(
            ["nsenter", "-t", str(self.leader), "-a", "--", "journalctl", "--no-pager", "-q", "-u",
             "trunkd", *(options or ("-o", "cat"))],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout

    def property(self, name, unit="trunkd.service"):
        return self.output("systemctl", "show", "-P", name, unit)

    def write(self, path, text, mode=0o644):
        """Through the booted system's own root where it runs."""
        root = f"/proc/{self.leader}/root" if self.leader else self.root
        whole = os.path.join(root, path.lstrip("/"))
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w") as out:
            out.write(text)
        os.chmod(whole, mode)
        return whole

    def read(self, path):
        with open(f"/proc/{self.leader}/root/{path.lstrip('/')}") as file:
            return file.read()

    def enter_network(self):
        """From now on this thread, and those it starts, are in the booted system's network."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/proc/{self.leader}/ns/net") as namespace:
            if libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def close(self):
        """Ends it in order; the leader goes too, also where nspawn does not obey."""
        if self.nspawn is not None and self.nspawn.poll() is None:
            self.nspawn.send_signal(signal.SIGTERM)
            try:
                self.nspawn.wait(20)
            except subprocess.TimeoutExpired:
                self.nspawn.kill()
                if self.leader is not None:
                    os.kill(self.leader, signal.SIGKILL)
                self.nspawn.wait()
        for mounted in (self.root, self.work):
            subprocess.run(["umount", "-R", "-l", mounted], stderr=subprocess.DEVNULL)
        os.rmdir(self.work)


def _run(*command, quiet=False):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}")
    if done.stdout and not quiet:
        print(done.stdout, end="")
