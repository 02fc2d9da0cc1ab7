"""Many callers, few connections: the fan-out over three, 500 clients over fifty."""

import asyncio
import time
import unittest

import aiohttp
import aiohttp.web

import harness
from harness import Daemon, session
from origins import Origin, respond


def square(request):
    """Slow enough that ten calls at once must overlap."""
    value = int(request.target.rpartition("/")[2])
    return respond(str(value * value), delay=0.05)


class FanOutTest(unittest.IsolatedAsyncioTestCase):
    """A web service that answers /squares?values=1..10 by ten parallel calls over one session."""

    async def asyncSetUp(self):
        self.origin = self.enterContext(Origin(square))
        self.daemon = self.enterContext(Daemon(session("math", self.origin.url, connections=3)))
        app = aiohttp.web.Application()
        app.router.add_get("/squares", self.squares)
        self.runner = aiohttp.web.AppRunner(app)
        await self.runner.setup()
        self.addAsyncCleanup(self.runner.cleanup)
        site = aiohttp.web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/squares"
        self.http = await self.enterAsyncContext(aiohttp.ClientSession())

    async def squares(self, request):
        first, last = (int(text) for text in request.query["values"].split(".."))
        calls = (self.square(value) for value in range(first, last + 1))
        return aiohttp.web.json_response(await asyncio.gather(*calls))

    async def square(self, value):
        async with self.http.get(self.daemon.url("math", f"/square/{value}")) as answer:
            return int(await answer.text())

    async def test_ten_calls_at_once_use_exactly_three_connections(self):
        for _ in range(2):
            async with self.http.get(self.url, params={"values": "1..10"}) as answer:
                self.assertEqual(await answer.json(), [n * n for n in range(1, 11)])
        self.assertEqual(self.origin.accepted, 3)
        self.assertEqual(self.origin.max_open, 3)


class ManyClientsTest(unittest.IsolatedAsyncioTestCase):
    CLIENTS, REQUESTS, CONNECTIONS = 500, 6, 50

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # unittest's default; it doubles the time

    async def test_500_clients_over_50_connections(self):
        answer = respond("x" * 200, delay=0.005)
        with Origin(lambda request: answer) as origin:
            with Daemon(session("shop", origin.url, connections=self.CONNECTIONS)) as daemon:
                port = daemon.port("shop")
                await asyncio.gather(*(self.client(port) for _ in range(self.CLIENTS)))
            self.assertEqual(len(origin.requests), self.CLIENTS * self.REQUESTS)
            self.assertLessEqual(origin.max_open, self.CONNECTIONS)
            self.assertEqual(origin.accepted, self.CONNECTIONS, "none was lost and replaced")

    async def test_the_limit_holds_when_the_origin_closes_every_connection_after_a_few(self):
        def app(request):
            last = request.number % 5 == 0
            fields = [("Connection", "close")] if last else []
            return respond("x" * 200, fields=fields, then="close" if last else "keep")

        with Origin(app) as origin:
            with Daemon(session("shop", origin.url, connections=self.CONNECTIONS)) as daemon:
                port = daemon.port("shop")
                await asyncio.gather(*(self.client(port) for _ in range(self.CLIENTS)))
            self.assertEqual(len(origin.requests), self.CLIENTS * self.REQUESTS)
            self.assertLessEqual(origin.max_open, self.CONNECTIONS)

    async def client(self, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in range(self.REQUESTS):
            writer.write(b"GET /%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
            self.assertTrue(head.startswith(b"HTTP/1.1 200 "), head)
            self.assertEqual(await reader.readexactly(200), b"x" * 200)
        writer.close()
        await writer.wait_closed()


class QueueTest(unittest.TestCase):
    """With one slow connection, what waits is bounded in number and in time, and told so."""

    def test_a_full_queue_and_a_timeout_in_it_are_503_with_retry_after(self):
        with Origin(lambda request: respond("late", delay=1.5)) as origin, \
                Daemon(session("shop", origin.url, queue={"max": 1, "timeout": "300ms"})) as daemon:
            started = time.monotonic()
            clients = [self.ask(daemon) for _ in range(3)]
            seen = [self.read(client) for client in clients]
            self.assertLess(time.monotonic() - started, 10)
        codes = [code for code, _ in seen]
        self.assertEqual(sorted(codes), [200, 503, 503], seen)
        for code, head in seen:
            if code == 503:
                self.assertIn(b"retry-after:", head.lower())
                self.assertIn(b"connection_limit_reached", head)

    def ask(self, daemon):
        client = daemon.connect("shop")
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return client

    def read(self, client):
        with client:
            data, _ = harness.read_to_end(client)
            return harness.statuses(data)[0], data.partition(b"\r\n\r\n")[0]


if __name__ == "__main__":
    harness.run_tests()
