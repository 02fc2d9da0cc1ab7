"""The pages of docs/recipes, run as they stand there, and what the origin saw of it.

Run as `python3 -m recipes.recipes_test path/to/trunkd Php` in tests; ctest does that for each.
"""

import itertools
import os
import subprocess
import sys
import time
import unittest

import harness
import peers
import place
from origin import Origin
from recipe import Run

PAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "recipes")

# What each client is found by: a command that ends with 0 where it is there.
PROBES = {
    "curl": ["curl", "--version"],
    "Go": ["go", "version"],
    "Node.js 18": ["node", "-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"],
    "PHP with curl": ["php", "-r", "exit(function_exists('curl_init') ? 0 : 1);"],
    "Python's aiohttp": ["/usr/bin/python3", "-c", "import aiohttp"],
    "Python's httpx": ["/usr/bin/python3", "-c", "import httpx"],
    "Python's github and stripe": ["/usr/bin/python3", "-c", "import github, stripe"],
    "Python's requests": ["/usr/bin/python3", "-c", "import requests"],
    "wget": ["wget", "--version"],
}


def is_there(client):
    try:
        return subprocess.run(PROBES[client], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


class Recipe:
    """A page of that name, its clients, its hosts, what these answer, and what must have come."""

    page, clients, hosts = "", (), ()

    def answer(self, request):
        raise NotImplementedError

    def judge(self, origin):
        raise NotImplementedError

    def test_as_it_is_written(self):
        absent = [client for client in self.clients if not is_there(client)]
        if absent:
            self.cannot_run(f"not installed: {', '.join(absent)} (scripts/setup --check)")
        place.set_hosts(self.hosts)
        with Origin(self.hosts, self.answer) as origin:
            place.trust(origin.authority)
            with Run(os.path.join(PAGES, self.page), os.environ[place.INSIDE]) as run:
                run.follow()
                self.judge(origin)
            if run.left_out:
                print(f"not run, since npm's {', '.join(run.left_out)} are not here")

    def cannot_run(self, why):
        """Skips, or fails where nothing may be missing."""
        if place.nothing_may_be_missing():
            self.fail(why)
        self.skipTest(why)

    # What most recipes promise.

    def connections_at_most(self, origin, limit, host=None):
        host = host or self.hosts[0]
        # A POST does not trust a connection that was idle for long: on a busy machine it may have
        # got another one in place of it.
        posts = [r for r in origin.requests if r.host == host and r.method == "POST"
                 and "Idempotency-Key" not in r.headers]
        self.assertGreater(origin.connections[host], 0)
        self.assertLessEqual(origin.connections[host], limit + len(posts))

    def all_carried(self, origin, name, value, host=None):
        found = {r.headers[name] for r in origin.requests if host in (None, r.host)}
        self.assertEqual(found, {value})

    def paths(self, origin, host=None):
        return [r.path for r in origin.requests if host in (None, r.host)]


class Php(Recipe, unittest.TestCase):
    page, clients, hosts = "php.md", ["curl", "PHP with curl"], ["api.shop.example"]

    def answer(self, request):
        order = {"order": int(request.path.rpartition("/")[2])}
        return {**order, "state": "paid"} if b'"paid"' in request.body else order

    def judge(self, origin):
        self.connections_at_most(origin, 1)
        self.all_carried(origin, "Authorization", "Bearer YOUR_TOKEN")
        self.assertEqual(self.paths(origin)[:3], ["/v1/orders/1", "/v1/orders/2", "/v1/orders/3"])


class Python(Recipe, unittest.TestCase):
    page, hosts = "python.md", ["api.github.com"]
    clients = ["Python's requests", "Python's aiohttp", "Python's httpx"]

    def answer(self, request):
        if request.method == "POST":
            return 201, {}, {"title": "Found a bug"}
        return {"number": int(request.path.rpartition("/")[2])}

    def judge(self, origin):
        self.connections_at_most(origin, 4)
        self.assertEqual(len(origin.requests), 104)
        self.all_carried(origin, "Authorization", "Bearer YOUR_TOKEN")


class Shell(Recipe, unittest.TestCase):
    page, clients, hosts = "shell.md", ["curl", "wget"], ["stock.example.com"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.tries = itertools.count(1)

    def answer(self, request):
        if request.method == "POST":
            return f"made: {request.body.decode()}\n"
        if request.path.endswith("/40") and next(self.tries) == 1:
            return 503, {}, "not now\n"
        return f"item {request.path.rpartition('/')[2]}\n"

    def judge(self, origin):
        self.connections_at_most(origin, 5)
        self.all_carried(origin, "X-Api-Key", "YOUR_KEY")
        paths = self.paths(origin)
        self.assertEqual(paths.count("/v2/items/40"), 2, "the 503 was tried again")
        self.assertEqual(paths.count("/v2/items/7"), 2, "once by xargs, once by cron")
        self.assertEqual(paths.count("/v2/inventory"), 1)


class Node(Recipe, unittest.TestCase):
    page, clients, hosts = "node.md", ["Node.js 18"], ["weather.example.com"]

    def answer(self, request):
        return {"units": "metric" if "units=metric" in request.path else "unknown"}

    def judge(self, origin):
        self.connections_at_most(origin, 4)
        self.assertEqual(len(origin.requests), 102)


class Go(Recipe, unittest.TestCase):
    page, clients, hosts = "go.md", ["Go"], ["billing.example.com"]

    def answer(self, request):
        return {"invoice": int(request.path.rpartition("/")[2])}

    def judge(self, origin):
        self.connections_at_most(origin, 3)
        self.assertEqual(set(self.paths(origin)), {f"/api/invoices/{n}" for n in range(31)})
        self.all_carried(origin, "Accept", "application/json")


class Sdk(Recipe, unittest.TestCase):
    page, hosts = "sdk.md", ["api.github.com", "api.stripe.com"]
    clients = ["Python's github and stripe"]

    def answer(self, request):
        if request.host == "api.github.com":
            return {"login": "octocat", "name": "The Octocat", "url": "https://api.github.com/x"}
        return {"id": "cus_1", "object": "customer", "email": "jenny@example.com"}

    def judge(self, origin):
        for host, secret in zip(self.hosts, ("YOUR_TOKEN", "YOUR_KEY")):
            self.connections_at_most(origin, 1, host)
            self.all_carried(origin, "Authorization", f"Bearer {secret}", host)
        self.assertEqual(set(self.paths(origin)), {"/users/octocat", "/v1/customers/cus_1"})


class Agents(Recipe, unittest.TestCase):
    page, clients, hosts = "agents.md", ["curl"], ["api.openai.com", "api.anthropic.com"]

    def answer(self, request):
        if request.host == "api.openai.com":
            message = {"role": "assistant", "content": "Hello from a model"}
            return {"id": "1", "object": "chat.completion", "model": "gpt-4o-mini",
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        return {"id": "1", "type": "message", "role": "assistant",
                "content": [{"type": "text", "text": "Hello from another"}]}

    def judge(self, origin):
        self.connections_at_most(origin, 1, "api.openai.com")
        self.connections_at_most(origin, 1, "api.anthropic.com")
        self.all_carried(origin, "Authorization", "Bearer sk-YOUR_KEY", "api.openai.com")
        self.all_carried(origin, "X-Api-Key", "sk-ant-YOUR_KEY", "api.anthropic.com")
        self.assertEqual(set(self.paths(origin)), {"/v1/chat/completions", "/v1/messages"})


class Crawler(Recipe, unittest.TestCase):
    page, clients = "crawler.md", ["curl", "Python's aiohttp"]
    hosts = ["www.example.com", "www.example.org", "www.example.net"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.times = {host: [] for host in self.hosts}

    def answer(self, request):
        self.times[request.host].append(time.monotonic())
        return f"page {request.path.rpartition('/')[2]}\n"

    def judge(self, origin):
        for host in self.hosts:
            self.connections_at_most(origin, 2, host)
            # What starts within a second may arrive in less: the first had to connect.
            self.assertGreater(self.times[host][4] - self.times[host][0], 0.5)
        self.assertEqual(len(origin.requests), 16)
        self.all_carried(origin, "Host", "www.example.net", "www.example.net")


class GithubQueue(Recipe, unittest.TestCase):
    page, clients, hosts = "github-queue.md", ["curl"], ["api.github.com"]

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.refusals = itertools.count(1)
        self.writes = []

    def answer(self, request):
        if request.method == "POST":
            self.writes.append(time.monotonic())
            return 201, {}, {"title": "Bug"}
        if request.path.endswith("/issues/17") and next(self.refusals) == 1:
            return 429, {"Retry-After": "1"}, {"message": "too many requests"}
        if request.path == "/rate_limit":
            return {"remaining": 4999}
        return {"number": int(request.path.rpartition("/")[2])}

    def judge(self, origin):
        self.connections_at_most(origin, 4)
        self.all_carried(origin, "Authorization", "Bearer YOUR_TOKEN")
        self.assertEqual(self.paths(origin).count("/repos/curl/curl/issues/17"), 2)
        self.assertEqual(len(origin.requests), 60 + 1 + 1 + 2)
        self.assertGreater(self.writes[1] - self.writes[0], 0.5)


class CorporateProxy(Recipe, unittest.TestCase):
    page, clients, hosts = "corporate-proxy.md", ["curl"], ["api.github.com", "wiki.corp.example"]

    def answer(self, request):
        return {"/zen": "Keep it logically awesome.\n"}.get(request.path, "The wiki\n")

    def test_as_it_is_written(self):
        if not peers.find("tinyproxy"):
            self.cannot_run("there is no tinyproxy (scripts/setup --tests)")
        with peers.Tinyproxy("batch PROXY_PASSWORD", address=place.ADDRESS, port=3128) as proxy:
            self.hosts = [*CorporateProxy.hosts, "proxy.corp.example"]
            super().test_as_it_is_written()
            ways = set(proxy.requests())
        self.assertEqual(ways, {"CONNECT api.github.com:443 HTTP/1.1"})

    def judge(self, origin):
        # Each host has had one more by check --live.
        self.connections_at_most(origin, 2, "api.github.com")
        self.connections_at_most(origin, 2, "wiki.corp.example")
        zen = [r for r in origin.requests if r.path == "/zen"]
        self.assertEqual([r.headers["Authorization"] for r in zen], ["Bearer YOUR_TOKEN"] * 3)
        for request in origin.requests:
            self.assertNotIn("Proxy-Authorization", request.headers)


class List(unittest.TestCase):
    def test_every_page_is_run_here_and_stands_in_the_index(self):
        tested = {case.page for case in Recipe.__subclasses__()}
        pages = {name for name in os.listdir(PAGES) if name != "README.md"}
        with open(os.path.join(PAGES, "README.md"), encoding="utf-8") as index:
            text = index.read()
        self.assertEqual(sorted(name for name in pages if f"({name})" not in text), [])
        # A pod is run by a test of its own.
        self.assertEqual(sorted(pages - tested - {"kubernetes.md"}), [])


if __name__ == "__main__":
    if sys.argv[2:] != ["List"]:
        place.enter()
    harness.run_tests()
