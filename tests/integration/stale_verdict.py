"""What the clients of a stale torture saw and what its origin counted, put together."""

import collections

NO_ERRORS = "a GET or PUT failed"
NEVER_TWICE = "a POST was executed twice"
NOT_KNOWABLE = "a POST failed whose connection's end was known before it was written"
OWN_ANSWERS = "an answer came to somebody who had not asked for it"


class Verdict:
    def __init__(self, calls, books):
        self.calls, self.books = calls, books
        self.failures = collections.Counter(call.method for call in calls if call.failed)
        self.posts_twice = [call for call in calls if call.method == "POST"
                            and books["executed"].get(call.id, 0) > 1]
        self.connections = len(books["connections"])
        served = sum(connection["requests"] for connection in books["connections"])
        first = sum(connection["requests"] > 0 for connection in books["connections"])
        self.reuse = (served - first) / max(1, served)  # of what the origin executed
        self.longest = max((call.seconds for call in calls if call.method != "POST"), default=0)
        self.reasons = collections.Counter()  # why POSTs failed
        self.avoidable = []  # failed POSTs that no origin can be blamed for
        self._blame()

    def breaches(self):
        """{rule: calls that broke it}, for trunkd."""
        return {
            NO_ERRORS: self._failed("GET", "PUT"),
            NEVER_TWICE: self.posts_twice,
            NOT_KNOWABLE: self.avoidable,
            OWN_ANSWERS: [call for call in self.calls if call.foreign or
                          (not call.failed and call.id not in self.books["executed"])],
        }

    def _failed(self, *methods):
        return [call for call in self.calls if call.failed and call.method in methods]

    def _blame(self):
        known = {call.proxy_connection: call.origin_connection for call in self.calls
                 if call.origin_connection is not None}
        for call in self._failed("POST"):
            reason = self._reason(call, known.get(call.proxy_connection))
            self.reasons[reason or "avoidable"] += 1
            if not reason:
                self.avoidable.append(call)

    def _reason(self, call, number):
        """Why nobody could know, before this request was written, that it would fail. A time that
        is in doubt counts for trunkd: so nothing that this calls avoidable is so by mere timing."""
        if call.id in self.books["refused"]:
            return "refused at its arrival"
        if call.id in self.books["killed"]:
            return "executed, then no answer"
        if number is None:  # a connection that never answered anything: was there one to blame?
            candidates = [c for c in self.books["connections"] if c["requests"] == 0]
        else:
            candidates = [self.books["connections"][number]]
        # The request came after `started` and left the queue `queued` later, at the earliest.
        written = call.started + call.queued
        for connection in candidates:
            if connection["way"] == "silent":
                return "silence"
            if connection["ended"] is not None and connection["ended"] >= written:
                return "its end crossed it"
        return None


_ROW = "{:22}{:>9}{:>7}{:>7}{:>7}{:>7}{:>11}{:>8}{:>13}{:>9}"


def table(verdicts):
    """{name: Verdict} as text, side by side; the longest time is that of a GET or PUT. What was
    avoidable is known of trunkd only, which says what connection it used."""
    lines = [_ROW.format("", "requests", "GET", "PUT", "POST", "POST", "POST", "reuse",
                         "connections", "longest"),
             _ROW.format("", "", "errors", "errors", "errors", "twice", "avoidable", "",
                         "opened", "s")]
    for name, verdict in verdicts.items():
        speaks = any(call.proxy_connection for call in verdict.calls)
        lines.append(_ROW.format(
            name, len(verdict.calls), *(verdict.failures[m] for m in ("GET", "PUT", "POST")),
            len(verdict.posts_twice), len(verdict.avoidable) if speaks else "-",
            f"{100 * verdict.reuse:.1f} %", verdict.connections, f"{verdict.longest:.1f}"))
    for name, verdict in verdicts.items():
        if verdict.reasons and any(call.proxy_connection for call in verdict.calls):
            reasons = ", ".join(f"{why}: {n}" for why, n in verdict.reasons.most_common())
            lines.append(f"failed POSTs of {name}: {reasons}")
    return "\n".join(lines)
