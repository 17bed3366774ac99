# SPDX-License-Identifier: GPL-2.0-or-later
"""
When each test runs: the order, and how many run at a time.

A run has more slots than processors, for tests wait too; a test takes as many as its weight, at
most all; one that only waits takes none.  The main thread starts tests and reports results; a
thread of the pool only waits for its test.
"""
import concurrent.futures
import random

TICK = 1            # seconds between updates of the status line
KILL_AGAIN = 0.1    # seconds


def slots_of(test, slots):
    return slots if test.alone else min(test.weight, slots)


def longest_first(tests, durations, slots):
    """
    Those that only wait go first, then those that take every slot, so that the machine is empty for
    one only once; the short ones go last, where they fill what the long ones leave.
    """
    return sorted(tests, key=lambda t: (0 < slots_of(t, slots) < slots, slots_of(t, slots),
                                        -durations.expected(t), t.title))


def shuffled(tests, seed):
    found = sorted(tests, key=lambda t: t.title)
    random.Random(seed).shuffle(found)
    return found


class Schedule:
    def __init__(self, session, slots, console, retry=True, fail_fast=False):
        self.session, self.slots, self.console = session, slots, console
        self.retry, self.fail_fast = retry, fail_fast
        self.results = []
        self.stopped = False

    def run(self, tests):
        """
        Tests that must be alone run one by one, after the others; so does, once more, each test
        that failed beside others.
        """
        begin = len(self.results)
        run = self.session.run
        try:
            self.beside([t for t in tests if not t.alone], self.slots, run, self.finished)
            self.beside([t for t in tests if t.alone], 1, run, self.finished)
            if self.retry:
                self.try_again(begin)
        finally:
            self.console.idle()

    def beside(self, tests, slots, run, finished):
        queue, running, free = list(tests), {}, slots
        waiting = sum(slots_of(t, slots) == 0 for t in queue)
        with concurrent.futures.ThreadPoolExecutor(slots + waiting) as pool:
            try:
                while True:
                    for test in self.startable(queue, free, slots):
                        free -= slots_of(test, slots)
                        running[pool.submit(run, test)] = test
                        self.console.started(test)
                    if not running:
                        return
                    self.console.tick()
                    done, _ = concurrent.futures.wait(
                        running, TICK, concurrent.futures.FIRST_COMPLETED)
                    for future in done:
                        free += slots_of(running.pop(future), slots)
                        finished(future.result())
            except BaseException:       # Ctrl-C; a test may be about to begin, so kill repeatedly
                while concurrent.futures.wait(running, KILL_AGAIN).not_done:
                    self.session.kill()
                raise

    def startable(self, queue, free, slots):
        """Take from the queue what fits now, in its order; what is too heavy yet stays."""
        found = []
        if self.stopped:
            return found
        for test in list(queue):
            if slots_of(test, slots) <= free:
                free -= slots_of(test, slots)
                queue.remove(test)
                found.append(test)
        return found

    def finished(self, result):
        self.results.append(result)
        self.console.finished(result)
        if self.fail_fast and result.result == "fail":
            self.stopped = True

    def try_again(self, begin):
        first = {r.test.key: n for n, r in enumerate(self.results)
                 if n >= begin and r.result == "fail" and not r.test.alone}

        def replace(result):
            self.results[first[result.test.key]] = result
            self.console.finished(result)

        tests = [self.results[n].test for n in first.values()]
        self.console.plan(tests)
        self.beside(tests, 1, lambda t: self.session.again(self.results[first[t.key]]), replace)
