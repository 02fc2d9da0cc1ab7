"""Answers that are broken, cut short, or more than one: tables of (name, bytes)."""

_SECRET = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"


def _with(fields, body=b"hello", line=b"HTTP/1.1 200 OK"):
    return line + b"\r\n" + fields + b"\r\n" + body


def broken_heads():
    """Nothing of these may be relayed: 502."""
    chunked = b"Transfer-Encoding: chunked\r\n"
    five = b"Content-Length: 5\r\n"
    yield "no status line", b"hello, this is not HTTP\r\n\r\n"
    yield "HTTP/0.9", b"<html>hello</html>"
    yield "nothing at all", b""
    yield "only an empty line", b"\r\n\r\n"
    yield "another protocol", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"
    yield "half a status line", b"HTTP/1.1 20"
    yield "half a head", b"HTTP/1.1 200 OK\r\nContent-Le"
    for line in (b"HTTP/2.0 200 OK", b"HTTP/0.9 200 OK", b"HTTP/1.1 99 OK", b"HTTP/1.1 2000 OK",
                 b"HTTP/1.1 OK", b"HTTP/1.1  200 OK", b"HTTP/1.1 -20 OK", b"HTTP/1.1 2OO OK",
                 b"HTTP/1.1 000 OK", b"http/1.1 200 OK", b" HTTP/1.1 200 OK",
                 b"HTTP/1.1 200 O\x00K", b"HTTP/1.1 200 O\rK", b"ICY 200 OK"):
        yield f"status line {line!r}", _with(five, line=line)
    yield "CL before TE", _with(five + chunked, b"5\r\nhello\r\n0\r\n\r\n")
    yield "TE before CL", _with(chunked + five, b"5\r\nhello\r\n0\r\n\r\n")
    yield "two differing CL", _with(five + b"Content-Length: 6\r\n")
    yield "differing CL in one field", _with(b"Content-Length: 5, 6\r\n")
    for value in (b"-5", b"+5", b"0x5", b"5a", b"", b"18446744073709551616", b"5 5", b"5,"):
        yield f"CL {value!r}", _with(b"Content-Length: " + value + b"\r\n")
    for coding in (b"xchunked", b"chunked, identity", b"chunked, chunked", b"\x0bchunked",
                   b"chunked;q=1", b'"chunked"', b"chunked,"):
        yield f"TE {coding!r}", _with(b"Transfer-Encoding: " + coding + b"\r\n",
                                      b"5\r\nhello\r\n0\r\n\r\n")
    yield "TE in HTTP/1.0", _with(chunked, b"5\r\nhello\r\n0\r\n\r\n", b"HTTP/1.0 200 OK")
    yield "space before the colon", _with(b"Content-Length : 5\r\n")
    yield "a space in a name", _with(five + b"X Y: z\r\n")
    yield "a line without a colon", _with(five + b"nonsense\r\n")
    yield "empty name", _with(five + b": x\r\n")
    yield "obs-fold", _with(five + b"X: a\r\n b\r\n")
    yield "NUL in a value", _with(five + b"X: a\x00b\r\n")
    yield "bare CR in a value", _with(five + b"X: a\rb\r\n")
    yield "bare LF lines", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"
    yield "a head of 70 KiB", _with(five + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 7000)
                                                    for n in range(10)))
    yield "129 fields", _with(five + b"X: a\r\n" * 128)
    yield "an endless field", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200000
    yield "101 that was not asked for", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"


def truncated_bodies():
    """Their heads are in order; the client must see that the rest is missing. (name, bytes, end)"""
    length = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 5000
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    until_close = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000
    yield "shorter than its length, closed", length, "close"
    yield "shorter than its length, reset", length, "reset"
    yield "no last chunk", chunked + b"5\r\nhello\r\n", "close"
    yield "half a chunk", chunked + b"500\r\nhello", "close"
    yield "half a chunk size", chunked + b"5\r\nhello\r\n5", "close"
    yield "no end of the trailers", chunked + b"5\r\nhello\r\n0\r\nX: y\r\n", "close"
    yield "reset within a chunk", chunked + b"500\r\nhello", "reset"
    yield "bad chunk size", chunked + b"5\r\nhello\r\nxyz\r\n", "keep"
    yield "negative chunk size", chunked + b"5\r\nhello\r\n-5\r\nhello\r\n0\r\n\r\n", "keep"
    yield "huge chunk size", chunked + b"5\r\nhello\r\nfffffffffffffffff\r\nhello", "keep"
    yield "chunk longer than its size", chunked + b"3\r\nhello\r\n0\r\n\r\n", "keep"
    yield "bare LF after a chunk", chunked + b"5\r\nhello\n0\r\n\r\n", "keep"
    yield "bare LF chunk lines", chunked + b"5\nhello\n0\n\n", "keep"
    yield "bad trailer", chunked + b"5\r\nhello\r\n0\r\nX : y\r\n\r\n", "keep"
    yield "close-delimited, reset", until_close, "reset"


def more_than_asked_for():
    """A right answer, and behind it what nobody asked for: the answer is relayed, the rest thrown
    away with its connection. (name, bytes)"""
    right = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    yield "a second answer", right + _SECRET
    yield "a second answer after chunks", chunked + _SECRET
    yield "one byte", right + b"s"
    yield "a line end", right + b"\r\n"
    yield "a 100 Continue", right + b"HTTP/1.1 100 Continue\r\n\r\n"
    yield "a 408", right + b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
