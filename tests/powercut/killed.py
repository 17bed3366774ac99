#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A mounted server killed at 100 random moments while SQLite commits: the mount goes away, the next
# one replays the journal, every committed transaction is there, and the checker finds nothing.
# each: ext4
# each-full: xfs btrfs
# run-as: self
# timeout: 900
# weight: 2
"""The host lives on: what the server wrote is in the host's cache, flushed or not."""
import math
import os
import random
import sys
import time

import loads
import mount
import mounts
import powercut
import sqlload

ROUNDS = 5 if powercut.QUICK else 100
FRESH = 20              # rounds with the same image
LATEST = 0.5            # seconds: the last moment to kill
IMAGE = "disk.img"


def one(fstype, rng, databases):
    """A load, a kill; returns what was acknowledged."""
    mnt = mount.Mount(fstype, IMAGE)
    os.makedirs(databases, exist_ok=True)
    load = sqlload.Load(databases, IMAGE)
    try:
        loads.wait_for(lambda: os.path.getsize("sql.acks"), load.process)
        time.sleep(rng.uniform(0.01, LATEST))
        mnt.kill()
    finally:
        load.stop()
    return load


def remounted(fstype, databases, load):
    mnt = mount.Mount(fstype, IMAGE)
    try:
        return load.check(databases, math.inf)
    finally:
        mnt.umount()


def main():
    fstype, rng, total = sys.argv[1], random.Random(powercut.seed()), 0
    mounts.must_have(f"rump_{fstype}")
    powercut.shell("need_tools", fstype)
    databases = os.path.join(mount.DIR, "databases")
    for number in range(ROUNDS):
        if number % FRESH == 0:
            powercut.shell("mkimg", fstype, IMAGE, "512M")
        load = one(fstype, rng, databases)
        total += sum(len(acks) for acks in load.acks.values())
        wrong = remounted(fstype, databases, load)
        if wrong:
            powercut.fail(f"round {number}: " + wrong)
        try:
            powercut.shell("fsck_clean", fstype, IMAGE)
        except powercut.Lost as e:
            powercut.fail(f"round {number}: {e}")
    print(f"{ROUNDS} kills, {total} transactions committed")
    if not total:
        powercut.fail("no transaction was ever committed")


if __name__ == "__main__":
    main()
