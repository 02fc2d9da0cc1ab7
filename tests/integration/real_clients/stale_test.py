"""The stale torture in short: origins whose idle connections die in every way, plain and over TLS,
and clients that never hear of it. tests/bench/stale is the long one, beside nginx and HAProxy.

Which request meets which death is a matter of timing; the verdicts are not. stale_origin.py says
how connections die, stale_verdict.py how a failed POST is judged.
"""

import asyncio
import unittest

import harness
import stale_run
import stale_verdict


class StaleTest(unittest.TestCase):
    maxDiff = None  # a breach is shown with all that is known of its call

    @classmethod
    def setUpClass(cls):
        cls.verdicts = asyncio.run(stale_run.torture([
            stale_run.mixed("plain", 40),
            stale_run.mixed("tls", 40, tls=True),
            stale_run.racing_posts("racing", 50),
            stale_run.seldom_posts("seldom", 9, gap=3.0),
        ]))
        print("\n" + stale_verdict.table(cls.verdicts))

    def assert_kept(self, rule):
        for name, verdict in self.verdicts.items():
            with self.subTest(name):
                self.assertEqual(verdict.breaches()[rule][:5], [], rule)

    def test_no_get_and_no_put_fails_whatever_its_connection_dies_of(self):
        self.assert_kept(stale_verdict.NO_ERRORS)

    def test_a_silent_death_is_found_long_before_the_answer_is_late(self):
        """The kernel gives up some retransmissions after dead_after; timeouts.response is 20 s."""
        for name, verdict in self.verdicts.items():
            self.assertLess(verdict.longest, 10 * stale_run.DEAD_AFTER_SECONDS, name)

    def test_no_post_is_executed_twice(self):
        self.assert_kept(stale_verdict.NEVER_TWICE)

    def test_a_post_fails_only_where_nobody_could_know_its_connection_s_end(self):
        self.assert_kept(stale_verdict.NOT_KNOWABLE)

    def test_every_answer_is_that_of_a_request_that_was_executed(self):
        self.assert_kept(stale_verdict.OWN_ANSWERS)

    def test_connections_are_used_again_all_the_same(self):
        for name in ("plain", "tls"):
            self.assertGreater(self.verdicts[name].reuse, 0.5, name)

    def test_a_post_now_and_then_finds_its_connection_once_it_is_proven(self):
        """Every 3 s, where 2 s are trusted at first."""
        self.assertTrue(all(call.reused for call in self.verdicts["seldom"].calls[4:]),
                        [call.reused for call in self.verdicts["seldom"].calls])


if __name__ == "__main__":
    harness.run_tests()
