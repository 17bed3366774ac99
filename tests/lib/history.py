# SPDX-License-Identifier: GPL-2.0-or-later
"""
What earlier runs left for later ones: how long each test took, and which failed.

Both are text files in the build directory.  Several runs may use one build directory, so a file is
read again before it is written, and replaced as a whole.
"""
import os
import sys

UNKNOWN = 5.0       # seconds, for a test without a record


def lines_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read().splitlines()
    except OSError:
        return []


def replace(path, lines):
    """Write the file whole.  A directory that cannot be written costs the record, not the run."""
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as f:
            f.writelines(line + "\n" for line in lines)
        os.replace(f"{path}.{os.getpid()}", path)
    except OSError as e:
        print(f"tests/run: {path}: not recorded: {e.strerror}", file=sys.stderr)


def read_durations(path):
    """Lines "SECONDS KEY"; a line that is none is ignored."""
    known = {}
    for line in lines_of(path):
        seconds, _, key = line.partition(" ")
        try:
            known[key.strip()] = float(seconds)
        except ValueError:
            continue
    return known


class Durations:
    """The record that runs update, over the one that a fresh clone has."""

    def __init__(self, record, fallback):
        self.record = record
        self.known = {**read_durations(fallback), **read_durations(record)}

    def expected(self, test):
        """Seconds; few rounds stand for all and all for few where only one is known."""
        for key in (test.key, test.title, test.title + " (all rounds)"):
            if key in self.known:
                return self.known[key]
        return UNKNOWN

    def save(self, results, everything):
        """Only tests that passed count, and tests that are gone are dropped."""
        new = {r.test.key: r.seconds for r in results if r.result == "pass" and not r.unsteady}
        titles = {t.title for t in everything}
        merged = {**read_durations(self.record), **new}
        replace(self.record, [f"{seconds:.1f} {key}" for key, seconds in sorted(merged.items())
                              if key.removesuffix(" (all rounds)") in titles])


class Failed:
    """The tests whose last run failed, or passed only alone."""

    def __init__(self, record):
        self.record = record
        self.known = os.path.exists(record)

    def among(self, tests):
        keys = set(lines_of(self.record))
        return [t for t in tests if t.key in keys]

    def save(self, results, everything):
        """Tests that did not run this time keep their place."""
        bad = {r.test.key for r in results if r.result == "fail" or r.unsteady}
        ran = {r.test.key for r in results}
        titles = {t.title for t in everything}
        kept = {key for key in lines_of(self.record)
                if key not in ran and key.removesuffix(" (all rounds)") in titles}
        replace(self.record, sorted(bad | kept))
