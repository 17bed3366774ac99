#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# No line is longer than 100 columns, a tab being 8, and none ends in white space.  Left out:
# Markdown, COPYING, NEWS and a forge's forms, whose lines are paragraphs; makefiles; lines with a
# URL; and those by which a test says how it is run.
# run-as: self
# needs: git
import os
import re
import subprocess
import sys

WIDTH = 100
LEFT_OUT = (":!*.md", ":!COPYING", ":!NEWS", ":!*.mk", ":!Makefile", ":!.github")
MAY_BE_LONG = re.compile(r"# (each|each-full|needs):|.*https?://")


def wrong(line):
    if len(line.expandtabs(8)) > WIDTH and not MAY_BE_LONG.match(line):
        return f"{len(line.expandtabs(8))} columns"
    return "white space at the end" if line != line.rstrip() else None


def main():
    os.chdir(os.environ["RUMP_TOP"])
    found = subprocess.run(["git", "grep", "-Ilz", "", "--", *LEFT_OUT], capture_output=True,
                           text=True, check=False).stdout.split("\0")[:-1]
    if not found:
        print("not a git checkout")
        return 77
    bad = 0
    for name in found:
        with open(name, encoding="utf-8", errors="replace") as f:
            for number, line in enumerate(f, 1):
                reason = wrong(line.rstrip("\n"))
                if reason:
                    print(f"{name}:{number}: {reason}")
                    bad = 1
    print(f"{len(found)} files")
    return bad


sys.exit(main())
