"""Python's requests and aiohttp as clients: sessions, streams, errors, WebSocket."""

import asyncio
import unittest

import aiohttp
import aiohttp.web
import requests

import harness
import peers
from harness import Daemon, session
from origins import Answer, Origin, respond


def echo(request):
    return respond(f"{request.method} {request.target} ".encode() + request.body,
                   fields=[("Content-Type", "text/plain")])


class RequestsTest(unittest.TestCase):
    def setUp(self):
        self.origin = self.enterContext(Origin(echo))
        self.daemon = self.enterContext(Daemon(session("shop", self.origin.url)))
        self.http = self.enterContext(requests.Session())
        self.http.trust_env = False
        self.url = self.daemon.url("shop")

    def test_a_session_and_single_calls_share_one_upstream_connection(self):
        for number in range(10):
            self.assertEqual(self.http.get(self.url + str(number)).text, f"GET /{number} ")
        with requests.Session() as another:
            another.trust_env = False
            self.assertEqual(another.get(self.url).text, "GET / ")
        self.assertEqual(self.origin.accepted, 1)

    def test_all_common_methods_carry_their_bodies(self):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = self.http.request(method, self.url + "m", data=b"body of " + method.encode())
            self.assertEqual(answer.text, f"{method} /m body of {method}")
        self.assertEqual(self.http.options(self.url + "m").status_code, 200)

    def test_a_generator_is_sent_in_chunks(self):
        answer = self.http.post(self.url, data=(b"%d," % n for n in range(1000)))
        self.assertEqual(answer.text, "POST / " + "".join(f"{n}," for n in range(1000)))

    def test_through_http_proxy(self):
        self.http.proxies = {"http": self.url}
        self.assertEqual(self.http.get(self.origin.url + "/p").text, "GET /p ")

    def test_a_truncated_body_raises_even_though_this_client_does_not_count_bytes(self):
        cut = Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", then="close")
        with Origin(lambda request: cut) as origin, Daemon(session("cut", origin.url)) as daemon:
            with self.assertRaises(requests.exceptions.RequestException):
                self.http.get(daemon.url("cut"), timeout=10)

    def test_an_error_answer_is_a_problem_in_json(self):
        with Daemon(session("gone", f"http://127.0.0.1:{peers.free_port()}")) as daemon:
            answer = self.http.get(daemon.url("gone"), timeout=10)
        self.assertEqual(answer.status_code, 502)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json()["session"], "gone")


class AiohttpTest(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.origin = self.enterContext(Origin(echo))
        self.daemon = self.enterContext(Daemon(session("shop", self.origin.url, connections=2)))
        self.url = self.daemon.url("shop")

    async def test_twenty_calls_at_once_over_two_connections(self):
        async with aiohttp.ClientSession() as http:
            async def call(number):
                async with http.get(f"{self.url}{number}") as answer:
                    return await answer.text()
            texts = await asyncio.gather(*(call(n) for n in range(20)))
        self.assertEqual(texts, [f"GET /{n} " for n in range(20)])
        self.assertLessEqual(self.origin.max_open, 2)

    async def test_a_streamed_upload(self):
        async def parts():
            for _ in range(64):
                yield b"s" * 16384
        async with aiohttp.ClientSession() as http, http.put(self.url, data=parts()) as answer:
            self.assertEqual(len(await answer.read()), len("PUT / ") + 64 * 16384)

    async def test_a_truncated_body_raises(self):
        cut = Answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                     then="close")
        with Origin(lambda request: cut) as origin, Daemon(session("cut", origin.url)) as daemon:
            async with aiohttp.ClientSession() as http:
                with self.assertRaises(aiohttp.ClientError):
                    async with http.get(daemon.url("cut")) as answer:
                        await answer.read()


class AiohttpOrigin:
    """A real aiohttp server on the test's own loop, plain or TLS; counts its connections."""

    def __init__(self, tls):
        self._tls = tls
        self.accepted = 0

    async def __aenter__(self):
        app = aiohttp.web.Application()
        app.router.add_get("/ws", self._echo_websocket)
        app.router.add_route("*", "/{path:.*}", self._echo)
        self._runner = aiohttp.web.AppRunner(app)
        await self._runner.setup()
        make_protocol = self._runner.server

        def counted():
            self.accepted += 1
            return make_protocol()

        context = peers.certificates().server_context() if self._tls else None
        self._server = await asyncio.get_running_loop().create_server(
            counted, "127.0.0.1", 0, ssl=context)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"https://localhost:{port}" if self._tls else f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._runner.cleanup()

    async def _echo(self, request):
        answer = aiohttp.web.StreamResponse()  # no length: chunked
        await answer.prepare(request)
        async for part in request.content.iter_any():
            await answer.write(part)
        await answer.write(request.path.encode())
        return answer

    async def _echo_websocket(self, request):
        socket = aiohttp.web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type == aiohttp.WSMsgType.TEXT:
                await socket.send_str("echo " + message.data)
            elif message.type == aiohttp.WSMsgType.BINARY:
                await socket.send_bytes(message.data)
        return socket


async def start_daemon(sessions):
    """The origin runs on this loop, so waiting for the daemon must not block it."""
    return await asyncio.to_thread(Daemon, sessions)


class AiohttpOriginTest(unittest.IsolatedAsyncioTestCase):
    async def run_all(self, tls):
        trust = {"tls": {"ca_file": peers.certificates().ca}} if tls else {}
        async with AiohttpOrigin(tls) as origin:
            daemon = await start_daemon(session("shop", origin.url, connections=3, **trust))
            try:
                await self.exchange_bodies(daemon, origin)
                await self.exchange_messages(daemon)
            finally:
                await asyncio.to_thread(daemon.__exit__, None, None, None)

    async def exchange_bodies(self, daemon, origin):
        async with aiohttp.ClientSession() as http:
            async def call(number):
                body = bytes([number]) * 100000
                async with http.post(daemon.url("shop", f"/{number}"), data=body) as answer:
                    return await answer.read() == body + b"/%d" % number
            self.assertTrue(all(await asyncio.gather(*(call(n) for n in range(12)))))
            self.assertTrue(await call(100))
        self.assertLessEqual(origin.accepted, 3)

    async def exchange_messages(self, daemon):
        async with aiohttp.ClientSession() as http, \
                http.ws_connect(daemon.url("shop", "/ws")) as socket:
            for number in range(20):
                await socket.send_str(str(number))
                self.assertEqual(await socket.receive_str(timeout=10), f"echo {number}")
            await socket.send_bytes(b"\0" * 300000)
            self.assertEqual(await socket.receive_bytes(timeout=10), b"\0" * 300000)
        self.assertTrue(socket.closed)

    async def test_bodies_and_websocket_with_a_plain_origin(self):
        await self.run_all(tls=False)

    async def test_bodies_and_websocket_with_a_tls_origin(self):
        await self.run_all(tls=True)


class UpgradeTest(unittest.TestCase):
    """The handshake written by hand, so that nothing of it is left to a library."""

    HANDSHAKE = (b"GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"
                 b"Sec-WebSocket-Version: 13\r\n"
                 b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
    SWITCHED = (b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                b"Upgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")

    def test_bytes_flow_both_ways_after_101_and_the_slot_is_free_after_the_end(self):
        with Origin(lambda request: Answer(self.SWITCHED + b"first", then="keep")
                    if request.field("Upgrade") else respond("plain")) as origin, \
                Daemon(session("chat", origin.url)) as daemon:
            with daemon.connect("chat") as client:
                client.sendall(self.HANDSHAKE % b"websocket")
                seen = b""
                while not seen.endswith(b"first"):
                    part = client.recv(4096)
                    self.assertTrue(part, seen)
                    seen += part
                self.assertEqual(harness.statuses(seen), [101])
                client.sendall(b"\x81\x02hi")
                harness.eventually(lambda: origin.received().endswith(b"\x81\x02hi"))
            # connections: 1, so this needs the tunnel's slot.
            self.assertEqual(daemon.get("chat")[0], 200)
            self.assertEqual(origin.accepted, 2, "a tunnel's connection is never pooled")

    def test_other_upgrades_are_stripped_and_answered_as_plain_requests(self):
        with Origin(lambda request: respond(str(request.field("Upgrade")))) as origin, \
                Daemon(session("chat", origin.url)) as daemon, daemon.connect("chat") as client:
            closing = self.HANDSHAKE.replace(b"Connection: ", b"Connection: close, ")
            client.sendall(closing % b"h2c")
            answer, _ = harness.read_to_end(client)
            self.assertEqual(harness.statuses(answer), [200])
            self.assertIsNone(origin.requests[0].field("Upgrade"))

    def test_a_101_that_nobody_asked_for_is_a_502(self):
        with Origin(lambda request: Answer(self.SWITCHED)) as origin, \
                Daemon(session("chat", origin.url)) as daemon:
            self.assertEqual(daemon.get("chat")[0], 502)


if __name__ == "__main__":
    harness.run_tests()
