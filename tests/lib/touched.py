# SPDX-License-Identifier: GPL-2.0-or-later
"""
Which tests of the full tier a change runs, by the paths that it touches.

tests/touched has lines "PATH-REGEX TEST-REGEX"; a changed test selects itself.  The rows that match
the fewest files come first, and what they select runs as long as it fits into a budget of seconds.
"""
import os
import re
import subprocess

import ownfiles
import schedule


def read_table(path):
    """(path, test) regular expressions of each row."""
    rows = []
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            words = line.split(None, 1)
            if not words or words[0].startswith("#"):
                continue
            if len(words) != 2:
                raise ValueError(f"{path}:{number}: a row is PATH-REGEX TEST-REGEX")
            rows.append((re.compile(words[0]), re.compile(words[1].strip())))
    return rows


def git(top, *arguments):
    """Paths that git lists.  A checkout may belong to another user than the one who runs tests."""
    out = subprocess.run(["git", "-c", "safe.directory=*", "-C", top, *arguments],
                         capture_output=True, check=False)
    if out.returncode:
        raise ValueError(out.stderr.decode(errors="replace").strip())
    return [os.fsdecode(p) for p in out.stdout.split(b"\0") if p]


def changed_paths(top, base):
    """Committed since the merge base, changed in the work tree, or new there."""
    return sorted({*git(top, "diff", "--name-only", "--no-renames", "-z", "--merge-base", base),
                   *git(top, "ls-files", "--others", "--exclude-standard", "-z")})


def selected(rows, changed, files, tests, durations):
    """The tests that the changed paths select: the most specific row first, its shortest first."""
    ranked = []
    for path, wanted in rows:
        if any(path.search(c) for c in changed):
            reach = sum(bool(path.search(f)) for f in files)
            ranked.append((reach, [t for t in tests if wanted.search(t.title)]))
    ranked.append((0, [t for t in tests if t.source in changed]))
    ranked.sort(key=lambda row: row[0])
    return list({t.key: t for _, found in ranked
                 for t in sorted(found, key=durations.expected)}.values())


def seconds(test, durations, slots):
    """By the clock, on a machine that is busy with such tests on all its slots."""
    return durations.expected(test) * schedule.slots_of(test, slots) / slots


def within(budget, wanted, check, durations, slots):
    """
    (tests, left out): tier check, and of the wanted tests what fits.  A test with all rounds takes
    the place of the same one with few, so it costs only what it takes longer.
    """
    tests = {t.title: t for t in check}
    left_out = []
    for test in wanted:
        cost = seconds(test, durations, slots)
        if test.title in tests:
            cost = max(cost - seconds(tests[test.title], durations, slots), 0)
        if budget is not None and cost > budget:
            left_out.append(test)
            continue
        budget = None if budget is None else budget - cost
        tests[test.title] = test
    return list(tests.values()), left_out


def project_files(top):
    return [os.path.relpath(p, top) for p in ownfiles.find(top, lambda n: True)]
