#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The monitor mounts on the directory that it was given, or not at all, also where others rename
# directories meanwhile; and it believes nothing that a server which was taken over reports.
# run-as: both
# needs: mkfs.ext4
import os
import signal
import subprocess

import served

INTRUDER = os.environ["RUMP_BUILD"] + "/tests/bin/intruder.so"


def start(folder, **env):
    return subprocess.Popen(["rump_ext4", "-f", "disk.img", folder], stderr=subprocess.PIPE,
                            text=True, env=dict(os.environ, LD_PRELOAD=INTRUDER, **env))


def stopped_child(pid):
    """The server, once it has stopped."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        children = f.read().split()
    for child in children:
        with open(f"/proc/{child}/stat", encoding="ascii") as f:
            if f.read().rsplit(")", 1)[1].split()[0] == "T":
                return int(child)
    return None


def refused(monitor, what, sentence):
    text = monitor.communicate(timeout=served.PATIENCE)[1]
    if sentence not in text:
        served.fail(f"{what}: '{sentence}' is not in '{text}'")
    if monitor.returncode not in (4, 32):
        served.fail(f"{what}: exit code {monitor.returncode}")
    if served.mounts():
        served.fail(f"{what}: {served.mounts()} is mounted")


def replaced(what, swap):
    """`swap` runs when the directory has been named, and before it is mounted on."""
    os.makedirs("sub/mnt")
    monitor = start("sub/mnt", INTRUDE_AT="mount", INTRUDE="stop")
    served.until(lambda: stopped_child(monitor.pid), served.PATIENCE, "the server stops")
    swap()
    os.kill(stopped_child(monitor.pid), signal.SIGCONT)
    refused(monitor, what, "was replaced")


def swap_directory():
    os.rename("sub/mnt", "sub/old")
    os.mkdir("sub/mnt")


def swap_parent():
    os.makedirs("decoy/mnt")
    os.rename("sub", "moved")
    os.symlink("decoy", "sub")


def main():
    served.own_namespace()
    served.make_ext4("disk.img", "16M")
    for report in ("x,allow_other,max_read=4096", "nosuch", "xfs", "ext4,suid", "twice"):
        os.makedirs("mnt", exist_ok=True)
        refused(start("mnt", INTRUDE_REPORT=report), report, "wrong report")
    replaced("another directory", swap_directory)
    os.rename("sub", "before")
    replaced("another parent", swap_parent)


main()
