"""Every answer of the admin interface is what its own description, openapi.json, says."""

import copy
import json
import re
import socket
import unittest

import jsonschema

import harness
from control import AdminConnection, admin, ask
from harness import Daemon, eventually, session
from origins import Answer, Origin, respond

PROBLEM = "application/problem+json"


class Description:
    """openapi.json, and which of its operations have been seen."""

    def __init__(self, document):
        self.document = document
        self.seen = {}  # operationId -> statuses
        self._components = _closed(document["components"])

    def operations(self):
        return {item[method]["operationId"] for item in self.document["paths"].values()
                for method in ("get", "post") if method in item}

    def check(self, method, path, status, content_type, body):
        """Raises what is wrong with an answer."""
        operation = self._operation(method, path)
        self.seen.setdefault(operation["operationId"], set()).add(status)
        response = operation["responses"].get(str(status))
        if response is None:
            raise AssertionError(f"{method} {path}: {status} is not documented: {body}")
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].split("/")[-1]]
        media = content_type.split(";")[0]
        if media not in response["content"]:
            raise AssertionError(f"{method} {path}: {media} is not documented for {status}")
        if not media.endswith("json"):
            return
        schema = {**_closed(response["content"][media]["schema"]), "components": self._components}
        validator = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.draft202012_format_checker)
        errors = [f"{'/'.join(map(str, one.absolute_path))}: {one.message}"
                  for one in validator.iter_errors(json.loads(body))]
        if errors:
            raise AssertionError(f"{method} {path}: {errors}\n{body.decode()}")

    def _operation(self, method, path):
        path = path.split("?")[0]
        found = [item for pattern, item in self.document["paths"].items()
                 if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", pattern), path)]
        if len(found) != 1 or method.lower() not in found[0]:
            raise AssertionError(f"{method} {path} is not documented")
        return found[0][method.lower()]


def _closed(schema):
    """The same without room for members that are not described, so that none is forgotten."""
    schema = copy.deepcopy(schema)

    def close(node):
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                node["additionalProperties"] = False
            for child in node.values():
                close(child)
        elif isinstance(node, list):
            for child in node:
                close(child)

    close(schema)
    return schema


class Deaf:
    """A port that takes no connection: its backlog is full, so whoever connects waits."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(self._listener.getsockname())
            self._fillers.append(filler)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in (self._listener, *self._fillers):
            one.close()


def app(request):
    if request.target == "/silent":
        return Answer(b"", then="stall")
    if request.target == "/bad":
        return respond("no", "503 Service Unavailable")
    return respond("ok", fields=[("Set-Cookie", "sid=1; Secure; SameSite=Lax"),
                                 ("Set-Cookie", "theme=dark; Max-Age=86400; HttpOnly")])


class AdminApiTest(unittest.TestCase):
    def test_every_route_answers_as_it_is_described(self):
        with Origin(app) as gone:
            pass
        with Origin(app) as origin, Deaf() as deaf:
            sessions = {
                **session("shop", origin.url, connections=2, cookies="memory"),
                **session("jars", origin.url, cookies={"scope": "header"}, pool="shop"),
                **session("deaf", deaf.url),
                **session("gone", gone.url),
                "many": {"allow_hosts": ["example.com"]},
            }
            with Daemon(sessions) as daemon:
                self.daemon = daemon
                self.description = Description(json.loads(
                    admin(daemon, "GET", "/openapi.json")[2]))
                self.there_is_something_to_see(origin)
                self.probes_and_texts()
                self.sessions()
                self.cookies()
                self.requests()
                self.pages()
                self.refusals()
                self.ask("POST", "/reload")
                for name in ("shop", "deaf"):
                    self.ask("POST", f"/sessions/{name}/kill", status=200)
                self.assertEqual(self.ask("POST", "/drain")["state"], "draining")
                self.assertEqual(daemon.process.wait(20), 0)
                self.silent.close()
                self.waiting.close()
        self.assertEqual(set(self.description.seen), self.description.operations())

    def ask(self, method, path, body=None, status=None, headers=None):
        """Checks the answer against the description; its body, decoded if it is JSON."""
        got, fields, text = admin(self.daemon, method, path, body, headers)
        self.description.check(method, path, got, fields["Content-Type"], text)
        if status is not None:
            self.assertEqual(got, status, text)
        return json.loads(text) if fields["Content-Type"].endswith("json") else text.decode()

    def there_is_something_to_see(self, origin):
        _, headers, _ = self.daemon.get("shop", "/good")
        self.good = headers["Trunkd-Request-Id"]
        _, headers, _ = self.daemon.get("gone", "/refused")
        self.refused = headers["Trunkd-Request-Id"]
        self.daemon.get("shop", "/bad")
        self.daemon.get("jars", "/good", headers={"Trunkd-Jar": "jane"})
        self.silent = self.daemon.connect("shop")
        self.silent.sendall(b"GET /silent HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.waiting = self.daemon.connect("deaf")
        self.waiting.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        eventually(lambda: any(one.target == "/silent" for one in origin.requests))
        eventually(lambda: self.ask("GET", "/sessions/deaf")["connections"]["connecting"] == 1)

    def probes_and_texts(self):
        for path in ("/livez", "/readyz", "/startupz"):
            self.assertEqual(self.ask("GET", path, status=200), "ok\n")
        self.assertIn("<title>", self.ask("GET", "/", status=200))
        self.assertIn("base_url", self.ask("GET", "/config", status=200))
        self.ask("GET", "/metrics", status=200)
        self.ask("GET", "/openapi.json", status=200)
        status = self.ask("GET", "/status", status=200)
        self.assertEqual(status["pid"], self.daemon.pid)
        self.assertEqual(status["requests"], 6)
        self.assertEqual(status["clients"]["now"], 2)

    def sessions(self):
        listed = self.ask("GET", "/sessions", status=200)["sessions"]
        self.assertEqual({one["name"] for one in listed}, {"shop", "jars", "deaf", "gone", "many"})
        shop = self.ask("GET", "/sessions/Shop", status=200)
        self.assertEqual(shop["connections"]["busy"], 1)
        self.assertEqual([one["state"] for one in shop["connection_list"]], ["busy"])
        deaf = self.ask("GET", "/sessions/deaf", status=200)
        self.assertEqual([one["state"] for one in deaf["connection_list"]], ["connecting"])
        self.assertEqual([one["connecting"] for one in deaf["origins"]], [1])
        self.ask("GET", "/sessions/none", status=404)
        for verb, state in (("pause", "paused"), ("resume", "running"), ("close", "closed"),
                            ("start", "running"), ("kill", "paused"), ("reconnect", "paused")):
            answer = self.ask("POST", f"/sessions/many/{verb}", status=200)
            self.assertEqual(answer["state"], state, verb)
            self.ask("POST", f"/sessions/none/{verb}", status=404)
        self.ask("POST", "/sessions/shop/start", {"connections": 2}, status=200)
        self.ask("POST", "/sessions/shop/start", {"connections": "2"}, status=400)
        self.ask("POST", "/sessions/shop/start", {"connections": -1}, status=400)

    def cookies(self):
        listed = self.ask("GET", "/sessions/shop/cookies", status=200)
        self.assertEqual([one["name"] for one in listed], ["theme"])  # Secure is not for http
        self.assertNotIn("dark", json.dumps(listed))
        text = self.ask("GET", "/sessions/shop/cookies/export", status=200)
        self.assertIn("\ttheme\tdark", text)
        cleared = self.ask("POST", "/sessions/shop/cookies/clear", {"name": "theme"}, status=200)
        self.assertEqual(cleared, {"removed": 1, "left": 0})
        imported = self.ask("POST", "/sessions/shop/cookies/import", {"cookies_txt": text + "x\n"},
                            status=200)
        self.assertEqual(imported, {"imported": 1, "malformed_lines": 1, "cookies": 1})
        self.ask("POST", "/sessions/shop/cookies/import", {}, status=400)
        self.ask("POST", "/sessions/shop/cookies/clear", {"domain": "a b"}, status=400)
        self.ask("GET", "/sessions/jars/cookies", status=400)
        self.ask("GET", "/sessions/jars/cookies?jar=joe", status=404)
        self.assertEqual(len(self.ask("GET", "/sessions/jars/cookies?jar=jane", status=200)), 1)
        for method, path in (("GET", ""), ("GET", "/export"), ("POST", "/clear")):
            self.ask(method, f"/sessions/deaf/cookies{path}", status=404)

    def requests(self):
        listed = self.ask("GET", "/requests?limit=10", status=200)["requests"]
        self.assertEqual([one["path"] for one in listed], ["/bad", "/refused"])
        listed = self.ask("GET", "/requests?session=gone", status=200)["requests"]
        self.assertEqual([one["error"] for one in listed], ["connection_refused"])
        self.ask("GET", "/requests?limit=x", status=400)
        one = self.ask("GET", f"/requests/{self.good}", status=200)
        self.assertEqual((one["session"], one["status"], one["path"]), ("shop", 200, "/good"))
        self.ask("GET", f"/requests/{self.refused}", status=200)
        self.ask("GET", "/requests/none", status=404)

    def pages(self):
        held = AdminConnection(self.daemon.path("admin.sock"))
        status, fields, text = ask(held, "POST", "/page")
        self.description.check("POST", "/page", status, fields["Content-Type"], text)
        address, once = re.fullmatch(r"http://([^/]+)/#(.+)", json.loads(text)["url"]).groups()
        for expected in (200, 403):
            page = AdminConnection(None)
            page.connect = lambda page=page: setattr(
                page, "sock", socket.create_connection(tuple(address.split(":")), timeout=20))
            status, fields, text = ask(page, "POST", "/token", {"token": once}, {"Host": address})
            self.assertEqual(status, expected, text)
            self.description.check("POST", "/token", status, fields["Content-Type"], text)
            status, fields, text = ask(page, "GET", "/status", headers={"Host": address})
            self.assertEqual(status, 401)
            self.description.check("GET", "/status", status, fields["Content-Type"], text)
            page.close()
        held.close()

    def refusals(self):
        self.ask("POST", "/sessions/shop/pause", status=415, headers={"Content-Type": "text/plain"})
        status, fields, text = admin(self.daemon, "GET", "/no/such/path")
        self.assertEqual((status, fields["Content-Type"]), (404, PROBLEM))
        for path, item in self.description.document["paths"].items():
            path = re.sub(r"\{[a-z]+\}", "shop", path)
            for method in ("GET", "POST"):
                if method.lower() in item:
                    continue
                status, fields, text = admin(self.daemon, method, path)
                self.assertEqual((status, fields["Content-Type"]), (405, PROBLEM), path)
                self.assertNotIn(method, fields["Allow"].split(", "))


if __name__ == "__main__":
    harness.run_tests()
