#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The power fails under a mounted server, with what the host's cache held, while SQLite commits and
# fio syncs every block: after each of 50 cuts the journal is replayed, the checker finds nothing,
# and what was committed and synced is there.
# each: ext4
# each-full: xfs btrfs
# needs: fio
# timeout: 900
# weight: 2
"""The loads know nothing of the write log: fio's syncs are acknowledged by a preloaded library."""
import bisect
import os
import shutil
import subprocess
import sys

import loads
import mount
import mounts
import powercut
import sqlload

BLOCK = 4096
FIO = ["fio", "--name=fio", "--filename=fio.data", "--size=8m", f"--bs={BLOCK}", "--rw=randwrite",
       "--ioengine=psync", "--fdatasync=1", "--verify=crc32c", "--randseed=7", "--create_fsync=0",
       "--end_fsync=0", "--minimal"]
SYNCED = 100 if powercut.QUICK else 400         # blocks of fio, and then
COMMITS = 20 if powercut.QUICK else 60          # transactions of each way, before the load ends
DIRECTORY = "load"
LYING_CACHE = 48        # writes in the cache of a medium that ignores flushes


def run_fio(folder, log):
    """It is ended where it has not come to its end; its data is judged by acknowledgement."""
    env = dict(os.environ, LD_PRELOAD=os.path.join(powercut.BIN, "acks.so"),
               POWERCUT_LOG=os.path.abspath(log), POWERCUT_ACKS=os.path.abspath(loads.ACKS))
    return subprocess.Popen(FIO + ["--do_verify=0"], cwd=folder, env=env,
                            stdout=subprocess.DEVNULL)


def enough(fio):
    """fio may come to its end before SQLite has committed enough."""
    return (fio.poll() is not None or loads.lines(loads.ACKS) >= SYNCED) and \
        min(sqlload.committed().values()) >= COMMITS


def run(fstype):
    """Records the load; returns SQLite's part of it."""
    log = powercut.LOG
    mnt = mount.Mount(fstype, powercut.IMAGE, powercut.recorded())
    folder = os.path.join(mount.DIR, DIRECTORY)
    try:
        sql = sqlload.Load(folder, log)
        fio = run_fio(folder, log)
        loads.wait_for(lambda: enough(fio))
        errors = sql.stop()
        fio.terminate()
        fio.wait()
    finally:
        mnt.umount()
    if errors:
        powercut.fail("SQLite failed: " + errors)
    return sql


def fio_acks():
    with open(loads.ACKS, encoding="ascii") as f:
        return [int(line) for line in f]


def check(fstype, position, sql, acks):
    powercut.must("fsu_mkdir", powercut.CUT, "/after")      # replays the journal
    powercut.shell("fsck_clean", fstype, powercut.CUT)
    if not os.path.isdir("out"):
        os.mkdir("out")
    synced = bisect.bisect_right(acks, position)
    powercut.must("fsu_get", powercut.CUT, "/" + DIRECTORY, "out/" + DIRECTORY)
    folder = "out/" + DIRECTORY
    try:
        wrong = sql.check(folder, position)
        if wrong:
            raise powercut.Lost(wrong)
        if synced:
            powercut.must("env", "-C", folder, *FIO, "--verify_only", f"--io_size={synced * BLOCK}")
    finally:
        shutil.rmtree("out")


def main():
    fstype, number = sys.argv[1], powercut.seed()
    mounts.must_have(f"rump_{fstype}")
    powercut.make_image(fstype, "512M", DIRECTORY)
    sql = run(fstype)
    acks = fio_acks()
    committed = {way: len(list_) for way, list_ in sql.acks.items()}
    print(f"fio: {len(acks)} blocks synced; SQLite: {committed}")

    def losses(cuts):
        return powercut.look(cuts, lambda position: check(fstype, position, sql, acks))

    few = 6 if powercut.QUICK else None
    cuts = powercut.Cuts(fstype, few or 50, number)
    for loss in losses(cuts):
        powercut.fail(loss)
    cuts.complete()
    if not losses(powercut.Cuts(fstype, few or 10, number, ignore_flushes=LYING_CACHE)):
        powercut.fail("a medium that ignores flushes lost nothing")
    if len(acks) < 20 or min(committed.values()) < 5 or not cuts.harmed:
        powercut.fail("the load was too small to judge by")


if __name__ == "__main__":
    main()
