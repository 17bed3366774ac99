#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Every type that an image can hold has its row of mutated images in doc/security.md: as many
# outcomes as images, in both modes.  scripts/hostile-table renews the rows of the types that were
# run, and keeps the others.
# run-as: self
import os
import re
import shutil
import subprocess
import sys

import specimen

TOP = specimen.TOP
CRASH = "fsu_ls: bad.img: the kernel's vfat driver crashed: a | b"


def rows(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    table = text.split("hostile-table: begin -->\n")[1].split("<!--")[0]
    return {line.split(" | ")[0].strip("| "): line for line in table.splitlines()[2:]}


def wrong(line):
    numbers = [int(n) for n in re.findall(r" (\d+) ", line.replace("|", " | "))]
    return len(numbers) != 9 or not numbers[0] or sum(numbers[1:5]) != numbers[0] or \
        sum(numbers[5:]) != numbers[0]


def renewed():
    """What the script makes of one type's run in a copy of the documents."""
    os.makedirs("top/scripts")
    os.mkdir("top/doc")
    os.makedirs("build/tests/hostile")
    shutil.copy(TOP + "/scripts/hostile-table", "top/scripts")
    for name in ("security.md", "known-issues.md"):
        shutil.copy(f"{TOP}/doc/{name}", "top/doc")
    with open("build/tests/hostile/vfat", "w", encoding="ascii") as f:
        f.write(f"vfat|50|10|20|15|5|11|19|16|4\n3|{CRASH}\n7|{CRASH}\n7|{CRASH}\n")
    subprocess.run(["top/scripts/hostile-table", "build"], check=True)
    return rows("top/doc/security.md"), rows("top/doc/known-issues.md")


def main():
    failures = []
    found = rows(TOP + "/doc/security.md")
    for fstype in set(specimen.types()) ^ set(found):
        failures.append(f"{fstype}: a type without a row, or a row without a type")
    failures += [f"{t}: does not add up: {line}" for t, line in found.items() if wrong(line)]
    counts, crashes = renewed()
    if counts.pop("vfat") != "| vfat | 50 | 10 | 20 | 15 | 5 | 11 | 19 | 16 | 4 |":
        failures.append("the script writes another row than the run had")
    if counts != {t: line for t, line in found.items() if t != "vfat"}:
        failures.append("the script changes the rows of types that were not run")
    if crashes.get("vfat") != f"| vfat | 3 7 | `{CRASH.replace('|', '/')}` |":
        failures.append(f"the script writes of a crash: {crashes.get('vfat')}")
    print("\n".join(failures))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
