# SPDX-License-Identifier: GPL-2.0-or-later
"""
The status line of a terminal: how far the run is, and how long it still takes.

The line is erased before anything else is printed, and drawn again after it.
"""
import shutil
import time

import schedule

ERASE = "\r\x1b[K"


def clock(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"


class Progress:
    def __init__(self, stream, durations, slots):
        self.stream, self.durations, self.slots = stream, durations, slots
        self.waiting = {}       # key: processor seconds of a test that has not begun
        self.running = {}       # key: (test, when it began)
        self.done = 0
        self.drawn = False

    def cost(self, test):
        """Seconds times the share of the machine that the test takes."""
        return self.durations.expected(test) * schedule.slots_of(test, self.slots) / self.slots

    def plan(self, tests):
        self.waiting.update((t.key, self.cost(t)) for t in tests)

    def started(self, test):
        self.waiting.pop(test.key, None)
        self.running[test.key] = (test, time.monotonic())

    def finished(self, test):
        self.running.pop(test.key, None)
        self.done += 1

    def left(self):
        """Seconds until the end, if every test takes as long as the last time."""
        now = time.monotonic()
        rest = [max(self.durations.expected(t) - (now - begin), 0) for t, begin
                in self.running.values()]
        share = sum(r * schedule.slots_of(t, self.slots) / self.slots
                    for r, (t, _) in zip(rest, self.running.values()))
        return max([sum(self.waiting.values()) + share, *rest])

    def text(self):
        total = self.done + len(self.running) + len(self.waiting)
        titles = ", ".join(t.title for t, _ in self.running.values())
        return f"[{self.done}/{total}, about {clock(self.left())} left] {titles}"

    def draw(self):
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(ERASE + self.text()[:width])
        self.stream.flush()
        self.drawn = True

    def erase(self):
        if self.drawn:
            self.stream.write(ERASE)
            self.stream.flush()
            self.drawn = False
