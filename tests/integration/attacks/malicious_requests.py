"""Requests that try to be two things at once: a table of (name, bytes, statuses that are right).

Each is one that some server reads differently from another, which is what request smuggling lives
on (RFC 9112, section 11.2). {H} stands for a valid Host field with its line end.
"""

HOST = b"Host: localhost\r\n"
REFUSED = frozenset({400})

# Where a body must not be looked at, because it is unclear where it ends.
_SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _post(fields, body=b"0\r\n\r\n", version=b"1.1"):
    return b"POST /attack HTTP/" + version + b"\r\n" + HOST + fields + b"\r\n" + body + _SMUGGLED


def _get(line=b"GET /attack HTTP/1.1", fields=HOST):
    return line + b"\r\n" + fields + b"\r\n"


def _lengths():
    chunked = b"Transfer-Encoding: chunked\r\n"
    yield "CL before TE", _post(b"Content-Length: 5\r\n" + chunked)
    yield "TE before CL", _post(chunked + b"Content-Length: 5\r\n")
    yield "CL, TE, CL", _post(b"Content-Length: 5\r\n" + chunked + b"Content-Length: 5\r\n")
    yield "CL: 0 and TE", _post(b"Content-Length: 0\r\n" + chunked)
    yield "TE and CL with other fields between", _post(chunked + b"X: y\r\nContent-Length: 5\r\n")
    yield "CL and TE: identity", _post(b"Content-Length: 5\r\nTransfer-Encoding: identity\r\n")
    yield "TE in HTTP/1.0", _post(chunked, version=b"1.0")
    yield "two differing CL", _post(b"Content-Length: 5\r\nContent-Length: 6\r\n")
    yield "differing CL in one field", _post(b"Content-Length: 5, 6\r\n")
    yield "CL and a Content_Length of other case twice", _post(
        b"Content-Length: 5\r\ncontent-length: 0\r\n")
    for value in (b"+5", b"-5", b"5 ", b"0x5", b"5a", b"a5", b"5.0", b"", b"5,", b",5", b"5 5",
                  b"5;q=1", b'"5"', b"18446744073709551616", b"99999999999999999999999", b"1e1",
                  b"\xd9\xa5", b"5\x00", b"5\x0b"):
        if value.strip(b" ") != b"5":  # optional whitespace around a value is allowed
            yield f"CL {value!r}", _post(b"Content-Length: " + value + b"\r\n")


def _codings():
    spellings = (
        b"xchunked", b"chunkedx", b"chunked, identity", b"identity, chunked", b"chunked, chunked",
        b"gzip", b"gzip, chunked, gzip", b"identity", b"chunked;", b"chunked; q=1", b"chunked,",
        b",chunked", b", chunked", b'"chunked"', b"'chunked'", b"chu nked", b"chunk\xc3\xa9d",
        b"\x0bchunked", b"chunked\x0b", b"\x0cchunked", b"chunked\x0c", b"\x00chunked",
        b"chunked\x00", b"chunked\x7f", b"\xa0chunked", b"chunked\xa0", b"=chunked", b"chunked=1",
        b"ch\xadunked", b"", b"cow", b"chunked\t,", b"none, chunked",
    )
    for spelling in spellings:
        yield f"TE {spelling!r}", _post(b"Transfer-Encoding: " + spelling + b"\r\n")
    chunked, unknown = b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: x\r\n"
    yield "TE twice, chunked last", _post(unknown + chunked)
    yield "TE twice, chunked first", _post(chunked + unknown)
    yield "TE: chunked twice", _post(chunked + chunked)
    yield "TE folded", _post(b"Transfer-Encoding:\r\n chunked\r\n")
    yield "TE folded by tab", _post(b"Transfer-Encoding:\r\n\tchunked\r\n")
    yield "TE by bare LF before it", _post(b"X: y\nTransfer-Encoding: chunked\r\n")
    yield "TE by bare CR before it", _post(b"X: y\rTransfer-Encoding: chunked\r\n")
    yield "TE, space before the colon", _post(b"Transfer-Encoding : chunked\r\n")
    yield "TE, tab before the colon", _post(b"Transfer-Encoding\t: chunked\r\n")
    yield "TE after a space", _post(b"X: y\r\n Transfer-Encoding: chunked\r\n")
    yield "TE as the first, indented line", (b"POST /attack HTTP/1.1\r\n Transfer-Encoding: chunked"
                                             b"\r\n" + HOST + b"\r\n0\r\n\r\n")
    yield "TE with NUL in its name", _post(b"Transfer-\x00Encoding: chunked\r\n")


def _lines():
    yield "bare LF for every line", b"GET /attack HTTP/1.1\nHost: localhost\n\n"
    yield "bare LF after the request line", b"GET /attack HTTP/1.1\n" + HOST + b"\r\n"
    yield "bare LF after a field", _get(fields=b"Host: localhost\nX: y\r\n")
    yield "bare LF at the end of the head", b"GET /attack HTTP/1.1\r\nHost: localhost\r\n\n"
    yield "bare CR for every line", b"GET /attack HTTP/1.1\rHost: localhost\r\r"
    yield "bare CR in a value", _get(fields=HOST + b"X: a\rb\r\n")
    yield "bare CR in the target", _get(b"GET /att\rack HTTP/1.1")
    yield "CR CR LF", _get(fields=HOST + b"X: a\r\r\n")
    yield "obs-fold", _get(fields=HOST + b"X: a\r\n b\r\n")
    yield "obs-fold of Host", _get(fields=b"Host:\r\n localhost\r\n")
    yield "NUL in a value", _get(fields=HOST + b"X: a\x00b\r\n")
    yield "NUL in a name", _get(fields=HOST + b"X\x00: a\r\n")
    yield "NUL in the target", _get(b"GET /\x00 HTTP/1.1")
    for code in (0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f):
        yield f"control byte {code:#04x} in a value", _get(fields=HOST + b"X: a%cb\r\n" % code)
        yield f"control byte {code:#04x} in the target", _get(b"GET /a%cb HTTP/1.1" % code)
    yield "space before the colon", _get(fields=HOST + b"X : a\r\n")
    yield "tab before the colon", _get(fields=HOST + b"X\t: a\r\n")
    yield "space within a name", _get(fields=HOST + b"X Y: a\r\n")
    yield "empty name", _get(fields=HOST + b": a\r\n")
    yield "a line without a colon", _get(fields=HOST + b"nonsense\r\n")
    for char in b'()<>@,;\\"/[]?={}\xe9':
        yield f"{chr(char)!r} in a name", _get(fields=HOST + b"X%cY: a\r\n" % char)


def _request_lines():
    yield "two spaces after the method", _get(b"GET  /attack HTTP/1.1")
    yield "two spaces before the version", _get(b"GET /attack  HTTP/1.1")
    yield "a tab for a space", _get(b"GET\t/attack\tHTTP/1.1")
    yield "a space at the end", _get(b"GET /attack HTTP/1.1 ")
    yield "a space before the method", _get(b" GET /attack HTTP/1.1")
    yield "a space in the target", _get(b"GET /att ack HTTP/1.1")
    yield "no target", _get(b"GET HTTP/1.1")
    yield "a target that is neither path nor URL", _get(b"GET attack HTTP/1.1")
    yield "a fragment", _get(b"GET /attack#part HTTP/1.1")
    yield "a raw high byte in the target", _get(b"GET /\xe4 HTTP/1.1")
    yield "asterisk for GET", _get(b"GET * HTTP/1.1")
    for version in (b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.10", b"HTTP/1.2", b"HTTP/01.1", b"HTTP/1",
                    b"HTTP/1.1.1", b"http/1.1", b"HTTP/ 1.1", b"HTTP/-1.1", b"HTTP/9.9", b"ICE/1.0",
                    b"RTSP/1.0", b"HTTP/1.1\x00"):
        yield f"version {version!r}", _get(b"GET /attack " + version)
    yield "HTTP/0.9 as it was", b"GET /attack\r\n\r\n"
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    yield "a TLS ClientHello", bytes.fromhex("16030100c8010000c40303") + b"\x55" * 200
    for method in (b"get", b"Get", b"G\x00ET", b"G(T", b"FOO", b"GETT", b"X-RAY"):
        yield f"method {method!r}", _get(method + b" /attack HTTP/1.1")


def _hosts():
    yield "no Host", _get(fields=b"X: y\r\n")
    yield "two Hosts, the same", _get(fields=HOST + HOST)
    yield "two Hosts that differ", _get(fields=HOST + b"Host: elsewhere\r\n")
    for host in (b"a b", b"localhost,elsewhere", b"user@localhost", b"localhost/",
                 b"local\x00host", b"localhost:80:80", b"localhost:port", b"[::1", b"::1",
                 b"localhost?", b"localhost#", b"local\\host", b"<localhost>",
                 b"localhost:99999", b""):
        yield f"Host {host!r}", _get(fields=b"Host: " + host + b"\r\n")
    yield "absolute form that is no URL", _get(b"GET http:///attack HTTP/1.1")
    yield "absolute form with user", _get(b"GET http://user@localhost/attack HTTP/1.1")


def _limits():
    yield "a head of 70 KiB", _get(fields=HOST + b"".join(
        b"X-%d: %s\r\n" % (n, b"a" * 7000) for n in range(10)))
    yield "one field of 70 KiB", _get(fields=HOST + b"X: " + b"a" * 70000 + b"\r\n")
    yield "one name of 70 KiB", _get(fields=HOST + b"X" * 70000 + b": a\r\n")
    yield "129 fields", _get(fields=HOST + b"".join(b"X-%d: a\r\n" % n for n in range(128)))
    yield "10000 empty fields", _get(fields=HOST + b"a:\r\n" * 10000)
    yield "a target of 17 KiB", _get(b"GET /" + b"a" * 17000 + b" HTTP/1.1")
    yield "a target of 100 KiB", _get(b"GET /" + b"a" * 100000 + b" HTTP/1.1")
    yield "a method of 70 KiB", _get(b"G" * 70000 + b" /attack HTTP/1.1")
    yield "70 KiB of empty lines", b"\r\n" * 35000 + _get()


_STATUSES = {
    # 421 is what a well-formed Host that is not ours gets; of these, some parsers call it bad.
    "Host b'a b'": {400, 421}, "Host b'localhost:99999'": {400, 421}, "Host b'::1'": {400, 421},
    "Host b'<localhost>'": {400, 421}, "Host b'local\\\\host'": {400, 421}, "Host b''": {400, 421},
    "absolute form with user": {400, 421},
    "a head of 70 KiB": {431}, "one field of 70 KiB": {431}, "one name of 70 KiB": {431},
    "129 fields": {431}, "10000 empty fields": {431},
    "a target of 17 KiB": {414}, "a target of 100 KiB": {414},
    "a method of 70 KiB": {400, 414, 431, 501},
    "70 KiB of empty lines": {200, 400, 431},
}


def _right(name):
    if name in _STATUSES:
        return frozenset(_STATUSES[name])
    if name.startswith("method "):
        return frozenset({400, 501})
    if name.startswith("version ") or name == "HTTP/2 preface":
        return frozenset({400, 505, 501})
    if name.startswith("TE "):
        return frozenset({400, 501})  # RFC 9112, 6.1 suggests 501 for codings that are not known
    return REFUSED


def table():
    """(name, bytes, right statuses) of every request that must be refused by its head."""
    for group in (_lengths, _codings, _lines, _request_lines, _hosts, _limits):
        for name, data in group():
            yield name, data, _right(name)


def bodies():
    """(name, head, broken chunked body): the head is in order and may be forwarded, so the oracle
    is that the origin never sees the end of this request, nor what follows it."""
    head = b"POST /attack HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    for size in (b"", b"x", b"-1", b"+5", b"0x5", b" 5", b"5 ", b"5\x00", b"5\x0b", b"g", b"5g",
                 b"ffffffffffffffffff", b"10000000000000005", b"5\t"):
        yield f"chunk size {size!r}", head, size + b"\r\nhello\r\n0\r\n\r\n"
    yield "chunk size ended by bare LF", head, b"5\nhello\r\n0\r\n\r\n"
    yield "chunk size ended by bare CR", head, b"5\rhello\r\n0\r\n\r\n"
    yield "chunk data longer than its size", head, b"3\r\nhello\r\n0\r\n\r\n"
    yield "chunk data not followed by CRLF", head, b"5\r\nhello0\r\n\r\n"
    yield "chunk data followed by bare LF", head, b"5\r\nhello\n0\r\n\r\n"
    yield "last chunk ended by bare LF", head, b"0\n\n"
    yield "empty line of bare LF after the last chunk", head, b"0\r\n\n"
    yield "bare LF in a chunk extension", head, b"5;a\nb\r\nhello\r\n0\r\n\r\n"
    yield "bare CR in a chunk extension", head, b"5;a\rb\r\nhello\r\n0\r\n\r\n"
    yield "NUL in a chunk extension", head, b"5;a=\x00\r\nhello\r\n0\r\n\r\n"
    yield "trailer with a space before its colon", head, b"0\r\nX : y\r\n\r\n"
    yield "trailer without a colon", head, b"0\r\nnonsense\r\n\r\n"
    yield "trailer folded", head, b"0\r\nX: y\r\n z\r\n\r\n"
    yield "trailer with NUL", head, b"0\r\nX: \x00\r\n\r\n"
    yield "trailers of 70 KiB", head, b"0\r\nX: " + b"a" * 70000 + b"\r\n\r\n"
    yield "10000 trailers", head, b"0\r\n" + b"a: b\r\n" * 10000 + b"\r\n"
    yield "chunk extension of 1 MiB", head, b"5;" + b"a" * 1048576 + b"\r\nhello\r\n0\r\n\r\n"
