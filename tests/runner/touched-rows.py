#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Each row of tests/touched matches a file and a test, and each file of the sources has a row.
# run-as: self
# timeout: 60
import os
import sys

TOP = os.environ["RUMP_TOP"]
sys.path.insert(0, os.path.join(TOP, "tests/lib"))

import discovery                        # noqa: E402
import touched                          # noqa: E402

# Directories whose files may change without any test of tier full.
FREE = ("bench", ".ci", ".github", "tests", "doc", "man")


def compiled(top):
    """The tests that a build adds, by their sources: there may be no build."""
    return [os.path.basename(f)[:-2] + " as user" for f in touched.project_files(top)
            if f.endswith(".c") and f.startswith(("libukfs/tests/", "librump/rumpuser/tests/"))]


def main():
    rows = touched.read_table(f"{TOP}/tests/touched")
    files = touched.project_files(TOP)
    titles = [t.title for t in discovery.discover(TOP, os.devnull, True)] + compiled(TOP)
    bad = [f"no file: {path.pattern}" for path, _ in rows
           if not any(path.search(f) for f in files)]
    bad += [f"no test: {wanted.pattern}" for _, wanted in rows
            if not any(wanted.search(t) for t in titles)]
    bad += [f"no row for {f}" for f in files
            if "/" in f and f.split("/")[0] not in FREE and not f.endswith(".md")
            and not any(path.search(f) for path, _ in rows if not path.search("any/file.c"))]
    bad += [f"twice: {path.pattern}" for n, (path, _) in enumerate(rows)
            if path.pattern in [p.pattern for p, _ in rows[:n]]]
    for line in bad:
        print(line)
    if bad or len(rows) < 30:
        sys.exit(f"FAILED: {len(bad)} problems in {len(rows)} rows of tests/touched")


main()
