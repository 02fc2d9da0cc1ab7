"""What an idle client costs, and what the daemon takes before it has any."""

import resource
import socket
import unittest

import harness
from harness import Daemon, session
from origins import Origin

CLIENTS = 10000
EMPTY_KIB = 8 * 1024
CLIENT_KIB = 1.0
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


@unittest.skipUnless(harness.is_release(), "memory is measured in a release build")
class MemoryTest(unittest.TestCase):
    def test_the_empty_daemon(self):
        with Origin(lambda request: "ok") as origin, Daemon(session("shop", origin.url)) as daemon:
            resident = daemon.memory_kib()
        print(f"empty: {resident / 1024:.2f} MiB resident")
        self.assertLessEqual(resident, EMPTY_KIB)

    def test_ten_thousand_idle_clients(self):
        limit = raise_descriptor_limit()
        if limit < CLIENTS + 200:
            self.skipTest(f"the hard limit of open files is {limit}: too low for {CLIENTS} clients")
        with Origin(lambda request: "ok") as origin, \
                Daemon(session("shop", origin.url)) as daemon:
            self.ask(self.client(daemon))  # so that what is made once is made
            before = daemon.memory_kib()
            clients = [self.client(daemon) for _ in range(CLIENTS)]
            for client in clients:
                self.ask(client)
            each = (daemon.memory_kib() - before) / CLIENTS
            print(f"an idle client: {each * 1024:.0f} bytes resident")
            for client in clients[::97]:
                self.ask(client)  # they are still served
            self.assertEqual(origin.accepted, 1)
            self.assertLessEqual(each, CLIENT_KIB)

    def client(self, daemon):
        client = socket.create_connection(("127.0.0.1", daemon.port("shop")), timeout=20)
        self.addCleanup(client.close)
        return client

    def ask(self, client):
        client.sendall(REQUEST)
        answer = b""
        while not answer.endswith(b"\r\n\r\nok"):
            part = client.recv(4096)
            self.assertTrue(part, answer)
            answer += part


if __name__ == "__main__":
    harness.run_tests()
