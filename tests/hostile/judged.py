#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The judge of mutated images sees what it is there for: commands in the place of fsu's that end by
# a signal, with an unknown code, without a reason or a message, that take memory, do not end, write
# to the image or beside the destination.
# run-as: self
import os
import sys

import outcome

PROBLEMS = {
    "kill -SEGV $$": "exit code -11",
    "exit 3": "exit code 3",
    "exit 1": "without a message",
    "echo why >&2; exit 70": "0 reasons",
    "echo the driver crashed >&2; echo it crashed >&2; exit 70": "2 reasons",
    "exit 71": "0 reasons",
    "exec sleep 1000": "does not end",
    "exec python3 -c 'bytearray(90 << 20)'": "KiB of memory",
    "printf x | dd of=bad.img bs=1 seek=5000 conv=notrunc status=none": "changed the image",
    "touch bad.img": "changed the image",
    "echo x >elsewhere": "outside",
    "mkdir tree/new": "outside",
    "mkdir -p out; ln -s ../tree out/link; echo x >out/link/file": "outside",
}
GOOD = {
    "exit 0": outcome.CLEAN,
    "echo why >&2; exit 2": outcome.ERROR,
    "echo the driver crashed: why >&2; exit 70": outcome.CRASH,
    "echo ended after 5 s '(--max-cpu)' >&2; exit 71": outcome.WATCHDOG,
    "mkdir -p out/a; echo x >out/a/b": outcome.CLEAN,
}


def stub(script):
    for name in ("fsu_ls", "fsu_tar", "fsu_get"):
        with open(f"bin/{name}", "w", encoding="ascii") as f:
            f.write("#!/bin/sh\n" + (script if name == "fsu_get" else "") + "\n")
        os.chmod(f"bin/{name}", 0o755)


def used(script):
    stub(script)
    with open("bad.img", "wb") as f:
        f.write(bytes(10000))
    os.utime("bad.img", (0, 0))
    uses = outcome.Commands("ext4", "bad.img")
    uses.read([])
    return uses


def main():
    for directory in ("bin", "tree"):
        os.mkdir(directory)
    os.environ["PATH"] = os.path.abspath("bin") + ":" + os.environ["PATH"]
    outcome.MOST_KIB = 64 << 10
    outcome.picture = str
    failures = []
    for script, problem in PROBLEMS.items():
        outcome.PATIENCE = 2 if "sleep" in script else 240
        found = used(script).problems
        if not any(problem in text for text in found):
            failures.append(f"{script}: no problem '{problem}', but {found}")
    for script, wanted in GOOD.items():
        uses = used(script)
        if uses.problems or outcome.worst(uses.outcomes) != wanted:
            failures.append(f"{script}: {uses.outcomes} {uses.problems}")
    print("\n".join(failures))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
