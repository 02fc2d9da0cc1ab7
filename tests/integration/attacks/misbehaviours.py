"""What an origin can do instead of answering, each as a function of its connection and the request's
number, and what the client must be told then."""

import contextlib
import dataclasses
import itertools
import socket
import time
from typing import Callable

import sockets

RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
DRIP_SECONDS = 0.1


@dataclasses.dataclass(frozen=True)
class Misbehaviour:
    name: str
    behave: Callable  # (stream, number) -> whether the connection is in order, for the next request
    status: int  # what the client gets
    error: str  # the access log's word; "" if the answer is right
    word: str  # that of Proxy-Status; "" if the status line had already gone
    at_least: float = 0.0  # seconds of a time-out that must have passed, and not much more
    session: str = "shop"


def reset(stream, _):
    sockets.reset_on_close(stream)


def close(stream, _):
    pass  # it is closed when this returns


def half_close(stream, _):
    stream.shutdown(socket.SHUT_WR)
    until_gone(stream)


def vanish(stream, _):
    """Half-open: nothing that is sent here arrives any more, not even an end."""
    sockets.vanish(stream)


def until_gone(stream, *_):
    """Says nothing. Waits for the peer to have enough of it."""
    with contextlib.suppress(OSError):
        while stream.recv(65536):
            pass


def drip(stream, data):
    """One byte after the other, until the peer has enough."""
    for number in data:
        stream.send(bytes([number]))
        time.sleep(DRIP_SECONDS)


def drip_head(stream, _):
    drip(stream, itertools.chain(b"HTTP/1.1 200 OK\r\nX: ", itertools.repeat(ord("x"))))


def trickle(stream, _):
    stream.sendall(RIGHT[:-5])
    drip(stream, RIGHT[-5:])
    return True


def trickle_on(stream, _):
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    drip(stream, itertools.repeat(ord("x")))


def stall(stream, _):
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    until_gone(stream)


def oversize(stream, number):
    lines = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
    heads = (lines + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 7000) for n in range(10)),
             lines + b"X: a\r\n" * 200,
             lines + b"X: " + b"a" * 200000,
             lines + b"X" * 200000,
             b"HTTP/1.1 200 " + b"O" * 200000)
    stream.sendall(heads[number % len(heads)] + b"\r\n\r\nhello")
    until_gone(stream)


def say_more(stream, _):
    stream.sendall(RIGHT + RIGHT.replace(b"hello", b"wrong") * 1000)
    until_gone(stream)


def all_of(short):
    """Every kind; `short` are the seconds of timeouts.response and timeouts.read, and half of those
    of timeouts.total in the session "endless". The session "unreachable" leads to nobody."""
    gone = (502, "connection_terminated", "connection_terminated")
    late = (504, "response_timeout", "http_response_timeout", short)
    return [
        Misbehaviour("reset", reset, *gone),
        Misbehaviour("close", close, *gone),
        Misbehaviour("half-close", half_close, *gone),
        Misbehaviour("half-open", vanish, *late),
        Misbehaviour("never-answering", until_gone, *late),
        Misbehaviour("slow-loris", drip_head, *late),
        Misbehaviour("trickling", trickle, 200, "", ""),
        Misbehaviour("trickling-on", trickle_on, 200, "total_timeout", "", 2 * short, "endless"),
        Misbehaviour("stalling", stall, 200, "read_timeout", "", short),
        Misbehaviour("oversized", oversize, 502, "bad_response", "http_protocol_error"),
        Misbehaviour("saying-more", say_more, 200, "", ""),
        # Who waits may be told when somebody else's attempt fails: no time is the least.
        Misbehaviour("unreachable", None, 504, "connect_timeout", "connection_timeout",
                     session="unreachable"),
    ]
