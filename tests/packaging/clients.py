"""200 clients that ask without end, each over a connection of its own, and what became of each
request."""

import collections
import http.client
import threading
import time


class Clients:
    def __init__(self, ports, count=200, pause=0.05):
        self.outcomes = collections.Counter()
        self.failures = []  # of requests that were sent, or of connections that were refused
        self.longest = 0.0
        self._pause = pause
        self._stopped = False
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(ports[i % len(ports)],)) for i in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, port):
        client = None
        while not self._stopped:
            begin = time.monotonic()
            try:
                if client is None:
                    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                    client.connect()
                client.request("GET", "/")
                answer = client.getresponse()
                answer.read()
                outcome = str(answer.status)
                if answer.will_close:
                    client.close()
                    client = None
            except ConnectionRefusedError:
                outcome, client = "refused", None
            except (OSError, http.client.HTTPException) as error:
                outcome, client = repr(error), None
            took = time.monotonic() - begin
            with self._lock:
                self.outcomes[outcome] += 1
                self.longest = max(self.longest, took)
            time.sleep(self._pause)

    def wait_for_answers(self, more):
        """Until `more` requests have been answered from now on."""
        goal = self.outcomes["200"] + more
        end = time.monotonic() + 60
        while self.outcomes["200"] < goal:
            if time.monotonic() > end:
                raise AssertionError(f"only {self.outcomes} after a minute")
            time.sleep(0.01)

    def stop(self):
        """The outcomes of all requests, by their kind."""
        self._stopped = True
        for thread in self._threads:
            thread.join(40)
        return dict(self.outcomes)
