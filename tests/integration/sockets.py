"""What the kernel knows of a TCP connection of 127.0.0.1, and how to make one die in its ways."""

import contextlib
import ctypes
import errno
import math
import os
import socket
import struct
import time

_NETLINK_SOCK_DIAG = 4
_ESTABLISHED = 1
_SOCK_DIAG_BY_FAMILY = 20
_NLMSG_ERROR = 2
_SO_ATTACH_FILTER = 26


def when_known(ours, theirs, seconds=2.0, step=0.0005):
    """The moment, on time.monotonic(), by which the socket `theirs` of a connection (both are
    (address, port)) had been told that the other side ended it, or was ended itself; infinity if
    that was never seen."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        deadline = time.monotonic() + seconds
        while not _is_over(netlink, ours, theirs):
            if time.monotonic() > deadline:
                return math.inf
            time.sleep(step)
        return time.monotonic()


def _is_over(netlink, ours, theirs):
    """Whether `theirs` is no longer established, or no longer there (sock_diag(7); any user may
    ask)."""
    nothing = bytes(12)
    one = struct.pack("!HH", theirs[1], ours[1])
    one += socket.inet_aton(theirs[0]) + nothing + socket.inet_aton(ours[0]) + nothing
    one += struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)  # any interface, any cookie
    request = struct.pack("=BBBBI", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + one
    head = struct.pack("=IHHII", 16 + len(request), _SOCK_DIAG_BY_FAMILY, 1, 0, 0)
    netlink.send(head + request)
    answer = netlink.recv(65536)
    if struct.unpack_from("=H", answer, 4)[0] != _NLMSG_ERROR:
        return answer[17] != _ESTABLISHED
    code = -struct.unpack_from("=i", answer, 16)[0]
    if code != errno.ENOENT:
        raise OSError(code, "sock_diag: " + os.strerror(code))
    return True


def reset_on_close(stream):
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def vanish(stream):
    """The connection dies as behind a firewall that forgot it: nothing that is sent to it arrives,
    nothing comes back. Returns when the other side has given it up; only then is it closed, lest
    its ports be a trap for a later connection that happens to have the same ones."""
    ours, theirs = stream.getsockname(), stream.getpeername()
    _drop_everything(stream)
    when_known(ours, theirs, seconds=math.inf, step=0.2)
    reset_on_close(stream)
    stream.close()


def _drop_everything(stream):
    """From now on a packet filter (BPF) throws away each packet that comes for this socket."""
    nothing = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # ret 0
    program = struct.pack("HL", 1, ctypes.addressof(nothing))
    stream.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


@contextlib.contextmanager
def unreachable():
    """A port of 127.0.0.1 where connecting meets silence."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        _drop_everything(listener)
        yield listener.getsockname()[1]
