"""A gibibyte down and a gibibyte up through a TLS session, past a slow reader, in little memory.

TRUNKD_TEST_BULK_MIB says how many MiB; by default 1024 for a release build and 32 for the others.
"""

import functools
import hashlib
import os
import random
import socket
import threading
import time
import unittest

import harness
import peers
from harness import Daemon, session

MEBIBYTES = int(os.environ.get("TRUNKD_TEST_BULK_MIB") or (1024 if harness.is_release() else 32))
PEAK_KIB = 40 * 1024
PAUSES = 4  # of the slow reader, each long enough for every buffer on the way to fill
PAUSE_SECONDS = 0.4
BLOCK = 1 << 20


def blocks():
    """Bytes that do not compress and of which no two blocks are equal."""
    noise = random.Random(7480).randbytes(BLOCK)
    for number in range(MEBIBYTES):
        yield number.to_bytes(8, "big") + noise[8:]


@functools.lru_cache(maxsize=None)
def digest_of_blocks():
    digest = hashlib.sha256()
    for block in blocks():
        digest.update(block)
    return digest.hexdigest()


def read_slowly(receive_into, total):
    """Reads `total` bytes with pauses: (digest, how many came)."""
    digest, buffer, done = hashlib.sha256(), memoryview(bytearray(1 << 18)), 0
    pauses = [total * part // (PAUSES + 1) for part in range(PAUSES)]
    while done < total:
        if pauses and done >= pauses[0]:
            pauses.pop(0)
            time.sleep(PAUSE_SECONDS)
        count = receive_into(buffer[: min(len(buffer), total - done)])
        if not count:
            break
        digest.update(buffer[:count])
        done += count
    return digest.hexdigest(), done


class Sink:
    """A TLS origin in Python that reads one upload slowly and answers with its digest."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        stream, _ = self._listener.accept()
        with peers.certificates().server_context().wrap_socket(stream, server_side=True) as tls:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += tls.recv(1)
            digest, _ = read_slowly(tls.recv_into, MEBIBYTES * BLOCK)
            tls.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + digest.encode())
            tls.recv(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._thread.join(20)
        self._listener.close()


class BulkTest(unittest.TestCase):
    def setUp(self):
        self.started = time.monotonic()

    def start(self, url):
        trust = {"tls": {"ca_file": peers.certificates().ca}}
        return Daemon(session("bulk", url, **trust), log={"access": False})

    def check_memory(self, daemon):
        peak = daemon.memory_kib("VmHWM")
        seconds = time.monotonic() - self.started
        print(f"{MEBIBYTES} MiB in {seconds:.1f} s, peak {peak / 1024:.1f} MiB resident")
        if harness.is_release():
            self.assertLess(peak, PEAK_KIB)

    @peers.needs("nginx")
    def test_download(self):
        with peers.Nginx("") as nginx, self.start(nginx.tls_url) as daemon:
            with open(os.path.join(nginx.root, "file"), "wb") as out:
                for block in blocks():
                    out.write(block)
            with daemon.connect("bulk", timeout=60) as client:
                client.sendall(b"GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += client.recv(1)
                total = MEBIBYTES * BLOCK
                self.assertIn(b"content-length: %d\r\n" % total, head.lower())
                digest, done = read_slowly(client.recv_into, total)
            self.assertEqual(done, total)
            self.assertEqual(digest, digest_of_blocks())
            self.check_memory(daemon)

    def test_upload(self):
        with Sink() as sink, self.start(sink.url) as daemon:
            with daemon.connect("bulk", timeout=60) as client:
                client.sendall(b"PUT /file HTTP/1.1\r\nHost: localhost\r\n"
                               b"Content-Length: %d\r\n\r\n" % (MEBIBYTES * BLOCK))
                for block in blocks():
                    client.sendall(block)
                answer, expected = b"", digest_of_blocks().encode()
                while not answer.endswith(expected):
                    part = client.recv(4096)
                    self.assertTrue(part, f"the digest differs: {answer!r}")
                    answer += part
            self.assertEqual(harness.statuses(answer), [200])
            self.check_memory(daemon)


if __name__ == "__main__":
    harness.run_tests()
