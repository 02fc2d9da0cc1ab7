"""A small machine for one recipe: names that lead to the test's origin, an /etc/trunkd of its own,
what the package brings (its user and the service's directories), and a system store that trusts the
test's authority. It is a mount and a network namespace, so the recipe runs word for word, with the
paths, host names and ports that it has."""

import fcntl
import os
import pwd
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

import harness

INSIDE = "TRUNKD_RECIPE_PLACE"
REQUIRED = "TRUNKD_REQUIRE_CLIENTS"  # set by scripts/check: what is missing is a failure

# Public, so that a session for many hosts may go there. It exists in this namespace only.
ADDRESS = "93.184.216.34"

USER = "trunkd"  # the service's
_USER_ID = 64123  # where the machine has no such user: one that nobody has

_SIOCSIFADDR, _SIOCSIFFLAGS = 0x8916, 0x8914
_IFF_UP = 1


def nothing_may_be_missing():
    return bool(os.environ.get(REQUIRED))


def enter():
    """Begins the program anew inside. Returns there with the directory that is the recipe's."""
    if INSIDE in os.environ:
        _furnish(os.environ[INSIDE])
        return
    apart = ["unshare", "--mount", "--net", "--propagation", "private"]
    if os.geteuid() != 0 or subprocess.run([*apart, "true"], stderr=subprocess.DEVNULL,
                                           check=False).returncode != 0:
        print("needs root, and to make a mount and a network namespace")
        sys.exit(1 if nothing_may_be_missing() else harness.ALL_SKIPPED)
    with tempfile.TemporaryDirectory(prefix="trunkd-recipe-") as scratch:
        again = [*apart, sys.executable, "-B", "-m", _main_module(), *sys.argv[1:]]
        code = subprocess.run(again, env={**os.environ, INSIDE: scratch}, check=False).returncode
    sys.exit(code)


def _main_module():
    return sys.modules["__main__"].__spec__.name


def _furnish(scratch):
    def mount(*arguments):
        subprocess.run(["mount", *arguments], check=True)

    mount("-t", "tmpfs", "tmpfs", scratch)
    for name in ("home", "state", "bin"):
        os.mkdir(os.path.join(scratch, name))
    subprocess.run(["cp", "-a", "/etc", scratch], check=True)
    mount("--bind", os.path.join(scratch, "etc"), "/etc")
    mount("-t", "tmpfs", "tmpfs", "/run")
    shutil.rmtree("/etc/trunkd", ignore_errors=True)  # the copy of the machine's own, if any
    os.makedirs("/etc/trunkd/conf.d")
    _add_user()
    os.mkdir("/run/trunkd", 0o755)
    for directory in (os.path.join(scratch, "state"), "/run/trunkd"):
        shutil.chown(directory, USER, USER)
    _set_address("lo", "127.0.0.1")
    _set_address("lo:1", ADDRESS)


def _add_user():
    """What the package's sysusers.d does, in this machine's own /etc."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        with open("/etc/passwd", "a", encoding="ascii") as users:
            users.write(f"{USER}:x:{_USER_ID}:{_USER_ID}::/var/lib/trunkd:/usr/sbin/nologin\n")
        with open("/etc/group", "a", encoding="ascii") as groups:
            groups.write(f"{USER}:x:{_USER_ID}:\n")


def _set_address(interface, address):
    """What `ip address add` does; iproute2 is not on every machine."""
    name = interface.encode().ljust(16, b"\0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        where = struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(address))
        fcntl.ioctl(any_socket, _SIOCSIFADDR, where)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", name, _IFF_UP))


def install(program, path):
    """Makes it a command here, for every user: its own directory may be closed to some."""
    open(path, "wb").close()
    subprocess.run(["mount", "--bind", program, path], check=True)


def set_hosts(names):
    with open("/etc/hosts", "w", encoding="ascii") as hosts:
        hosts.write("127.0.0.1 localhost\n")
        hosts.writelines(f"{ADDRESS} {name}\n" for name in names)


def trust(authority):
    """The one authority that this machine's store has."""
    with open(authority, "rb") as source:
        certificates = source.read()
    os.makedirs("/etc/ssl/certs", exist_ok=True)
    with open("/etc/ssl/certs/ca-certificates.crt", "wb") as store:
        store.write(certificates)
