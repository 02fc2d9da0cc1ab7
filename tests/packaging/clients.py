"""200 clients that ask without end, each over a connection of its own, and what became of each
request."""

import collections
import http.client
import threading
import time


class Clients:
    def __init__(self, ports, count=200, pause=0.05):
        self.outcomes = collections.Counter()
        self.longest = 0.0
        self._pause = pause
        self._stopped = False
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(ports[i % len(ports)],), daemon=True)
            for i in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, port):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while not self._stopped:
            begin = time.monotonic()
            outcome = self._ask(client)
            took = time.monotonic() - begin
            with self._lock:
                self.outcomes[outcome] += 1
                self.longest = max(self.longest, took)
            time.sleep(self._pause)
        client.close()

    @staticmethod
    def _ask(client):
        """The status, or what went wrong. A failed client connects anew the next time."""
        try:
            client.request("GET", "/")
            answer = client.getresponse()
            answer.read()
            return str(answer.status)
        except ConnectionRefusedError:
            client.close()
            return "refused"
        except (OSError, http.client.HTTPException) as error:
            client.close()
            return type(error).__name__

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
            self.outcomes["hangs"] += thread.is_alive()
        return {outcome: count for outcome, count in self.outcomes.items() if count > 0}
