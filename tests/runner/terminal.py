#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# On a terminal a status line shows progress and the time left, and no trace of it stays; elsewhere
# there is none.
# run-as: self
# timeout: 60
import os
import pty
import re
import subprocess
import sys

COMMAND = ["top/tests/run", "-b", "build", "-j", "1"]


def made_up_tree():
    os.makedirs("top/tests/it")
    os.makedirs("top/build")
    os.symlink(os.environ["RUMP_TOP"] + "/tests/lib", "top/tests/lib")
    subprocess.run(["cp", os.environ["RUMP_TOP"] + "/tests/run", "top/tests/run"], check=True)
    for name in ("a-name-too-long-for-this", "b-name-too-long-for-this"):
        with open(f"top/tests/it/{name}.sh", "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\n# run-as: self\n"
                    "for _ in $(seq 300); do "
                    f"[ ! -e {os.getcwd()}/go ] || exit 0; sleep .1; done\n")
        os.chmod(f"top/tests/it/{name}.sh", 0o755)
    with open("top/tests/durations", "w", encoding="utf-8") as f:
        f.write("400 it/a-name-too-long-for-this\n300 it/b-name-too-long-for-this\n")


def states(received):
    return re.findall(r"\r\x1b\[K(\[[^\r\n]*)", received)


def on_terminal():
    """What the terminal receives; the tests wait until the line has changed while one runs."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(COLUMNS="40", TERM="xterm")
        os.execv(COMMAND[0], COMMAND)
    received = b""
    try:
        while chunk := os.read(fd, 4096):
            received += chunk
            if len({s for s in states(received.decode(errors="replace"))
                    if s.startswith("[0/2") and " it/a-" in s}) == 2:
                open("go", "w", encoding="ascii").close()
    except OSError:         # EIO: the other end is closed
        pass
    os.waitpid(pid, 0)
    return received.decode()


def shown(received):
    """What stays on the screen: of each line, what follows the last erasure."""
    return [line.split("\r\x1b[K")[-1].rstrip("\r") for line in received.split("\n")]


def stable(lines):
    return [re.sub(r" +\d+\.\ds", "", line) for line in lines]


made_up_tree()
text = on_terminal()
lines = states(text)
if not any(re.match(r"\[0/2, about 11 min \d+ s left\] it/a-", s) for s in lines):
    sys.exit(f"FAILED: no progress and time left in {lines}")
if not any(re.match(r"\[1/2, about [45] min ", s) and " it/b-" in s for s in lines):
    sys.exit(f"FAILED: the second test is not in {lines}")
if any(len(s) > 39 for s in lines):
    sys.exit(f"FAILED: wider than the terminal: {lines}")
os.unlink("top/build/tests/durations")
plain = subprocess.run(COMMAND, capture_output=True, text=True, check=True).stdout
if "\r" in plain or "\x1b" in plain or "left" in plain:
    sys.exit(f"FAILED: a status line where there is no terminal: {plain!r}")
if stable(shown(text)) != stable(plain.split("\n")):
    sys.exit(f"FAILED: on the terminal stays {shown(text)}")
