"""Builds the container image for real, and gives its tests a place of their own to run it in.

Building needs the network (apt); running has its own: a test run lives in namespaces whose only
interface is the loopback, so that fixed ports and a name server on port 53 disturb nobody. What a
run makes is in one temporary directory and is removed with it. What is kept, beside the base
systems of scripts/fresh: the layers of the last build, and the compiler's cache.
"""

import fcntl
import glob
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMAGE = "localhost/trunkd:test"
DEBUG_IMAGE = "localhost/trunkd:debug-test"
BASE_IMAGE = "localhost/debian:trixie-slim"  # FROM debian:trixie-slim finds it without a registry

_TOOLS = ("buildah", "podman", "podman-compose", "runc", "catatonit", "iptables", "debootstrap", "git",
          "openssl", "unshare")
_CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
_BASES = _CACHE / "trunkd-fresh"
_BUILDS = _BASES / "image"
_LAB = "TRUNKD_IMAGE_LAB"  # the directory of the run; set inside its namespaces

# A stage, and its name in the cache: what has a name stays when the layers of before are removed.
_STAGES = {
    "tools": "localhost/trunkd-tools",
    "build": "localhost/trunkd-build",
    "shell": "localhost/trunkd-shell",
    "debug": DEBUG_IMAGE,
    None: IMAGE,
}

# crun asks for cgroups that not every machine has, and a machine's own limits may not be raised.
_CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "{directory}/libpod"
[network]
network_backend = "netavark"
network_config_dir = "{directory}/networks"
"""
_STORAGE_CONF = """\
[storage]
driver = "overlay"
graphroot = "{directory}/storage"
runroot = "{directory}/run"
[storage.options]
additionalimagestores = [{more}]
"""


def main(run_tests):
    """Builds the image, then runs the tests in namespaces of their own; exits with their code."""
    if _LAB in os.environ:
        # Engines leave files in /run, and would ask the machine's systemd for timers.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        _raise_loopback()
        return run_tests()
    missing = [tool for tool in _TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0 or missing:
        sys.exit(f"the image's test needs root, and {', '.join(_TOOLS)}; not here: "
                 + ", ".join(missing or ["root"]))
    _BUILDS.mkdir(parents=True, exist_ok=True)
    with open(_BUILDS / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one run at a time
        started = time.monotonic()
        _build()
        print(f"built in {time.monotonic() - started:.0f} s", file=sys.stderr)
        return _run_in_namespaces()


def _run_in_namespaces():
    directory = tempfile.mkdtemp(prefix="trunkd-image-")
    before = _control_groups()
    try:
        environment = _environment(directory, additional=_BUILDS / "storage")
        environment[_LAB] = directory
        return subprocess.run(
            ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
             "catatonit", "--", sys.executable, "-B", *sys.argv],
            env=environment,
        ).returncode
    finally:
        for group in sorted(_control_groups() - before, reverse=True):
            os.rmdir(group)
        shutil.rmtree(directory)


def _control_groups():
    """Those of podman's; it leaves the groups of its pods behind, empty."""
    return set(glob.glob("/sys/fs/cgroup/**/libpod_parent/**/", recursive=True))


def _environment(directory, additional=None):
    """The settings by which podman and buildah keep everything in that directory."""
    directory = pathlib.Path(directory)
    more = f'"{additional}"' if additional else ""
    for name, text in (("containers", _CONTAINERS_CONF), ("storage", _STORAGE_CONF)):
        (directory / f"{name}.conf").write_text(text.format(directory=directory, more=more))
    temporary = directory / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        **os.environ,
        "CONTAINERS_CONF": str(directory / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(directory / "storage.conf"),
        "TMPDIR": str(temporary),  # also where buildah keeps what RUN --mount=type=cache names
    }


def _build():
    environment = _environment(_BUILDS)

    def run(*command, **more):
        return subprocess.run(command, env=environment, check=True, cwd=ROOT, **more)

    base = _BASES / "trixie"
    if not base.with_suffix(".ok").exists():
        run("scripts/fresh", "trixie", "true")
    known = run("buildah", "images", "-a", "--format", "{{.Name}}:{{.Tag}}", capture_output=True)
    if BASE_IMAGE not in known.stdout.decode().split():
        outside = [f"--exclude=./{name}/*" for name in ("dev", "proc", "sys", "var/lib/apt/lists")]
        with subprocess.Popen(["tar", "-C", base, *outside, "-cf", "-", "."],
                              stdout=subprocess.PIPE) as tar:
            run("podman", "import", "--quiet", "-", BASE_IMAGE, stdin=tar.stdout)
    log = _BUILDS / "build.log"
    with open(log, "w") as out:
        for stage, name in _STAGES.items():
            target = ["--target", stage] if stage else []
            built = subprocess.run(
                ["buildah", "bud", "--isolation", "chroot", "--pull-never", "--layers", "--format",
                 "docker", "--tag", name, *target, "."],
                env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
            if built.returncode:
                sys.exit(f"buildah failed:\n{log.read_text()[-6000:]}")
    run("buildah", "rmi", "--prune", stdout=subprocess.DEVNULL)


def _raise_loopback():
    up_and_running = 0x1 | 0x40
    set_flags = 0x8914  # SIOCSIFFLAGS
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, set_flags, struct.pack("16sh14x", b"lo", up_and_running))


# What tests use.


def directory(name):
    """A new directory of this run, which the container's user may read."""
    path = pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=os.environ[_LAB]))
    path.chmod(0o755)
    return path


def podman(*arguments, check=True):
    """Its output, without the last line's end; a failure raises with what it said."""
    done = subprocess.run(["podman", *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=120)
    if check and done.returncode:
        raise AssertionError(f"podman {' '.join(map(str, arguments))}: exit code "
                             f"{done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout.rstrip("\n") if check else done


class Container:
    """The image, running as hardened as an image can be: its root read-only, no capabilities, no
    way to more of them. Leaving the `with` block removes it."""

    HARDENED = ("--read-only", "--read-only-tmpfs=false", "--cap-drop=ALL",
                "--security-opt=no-new-privileges")

    def __init__(self, *options, command=(), image=IMAGE, ready=True):
        self.id = podman("run", "-d", "--network=host", *self.HARDENED, *options, image, *command)
        if ready:
            try:
                self.execute("trunkd", "ctl", "wait", "--timeout", "20s")
            except AssertionError as problem:
                raise AssertionError(f"{problem}\n{self.logs()}") from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        podman("rm", "--force", "--volumes", "--time=0", self.id)

    def inspect(self):
        return json.loads(podman("inspect", self.id))[0]

    def execute(self, *command, check=True):
        return podman("exec", self.id, *command, check=check)

    def status(self):
        """Of its first process: field -> text, as in /proc/PID/status."""
        pid = self.inspect()["State"]["Pid"]
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
        return {name: text.strip() for name, _, text in (line.partition(":") for line in lines)}

    def mounts(self):
        """Mount point -> its options, as the first process sees them."""
        pid = self.inspect()["State"]["Pid"]
        lines = pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
        return {line.split()[4]: line.split()[5].split(",") for line in lines}

    def is_healthy(self):
        return podman("healthcheck", "run", self.id, check=False).returncode == 0

    def signal(self, name):
        podman("kill", "--signal", name, self.id)

    def wait(self):
        """Its exit code, when it has ended."""
        return int(podman("wait", self.id))

    def logs(self):
        done = podman("logs", self.id, check=False)
        return done.stdout + done.stderr
