# SPDX-License-Identifier: GPL-2.0-or-later
"""
What the power cut tests share: recording a load, and looking at many cuts of it.

A load leaves the image, its first state (first.img), the write log, and acknowledgements with the
position in the log at which each was given.
"""
import filecmp
import os
import random
import subprocess
import sys

import writelog

BIN = os.path.join(os.environ["RUMP_BUILD"], "tests", "bin")
QUICK = bool(os.environ["RUMP_TEST_QUICK"])
FIRST, IMAGE, LOG, CUT = "first.img", "disk.img", "write.log", "cut.img"
AGAIN = "again"         # the folder of a recovery that is cut too

# What a write that is cut leaves whole, in bytes.  ext4 bears torn blocks, but for its superblock
# of 1024 bytes, which a mount has no second of.  XFS and btrfs take their blocks for atomic: half a
# block with the sequence number of a new one is not replayed over, and a superblock has one
# checksum.
WHOLE = {"ext4": 1024, "xfs": 4096, "btrfs": 4096}


class Lost(Exception):
    """Something that had to survive the cut did not."""


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def shell(*command):
    """Functions of tests/lib/common.sh, with their own way to fail."""
    p = subprocess.run(["bash", "-c", '. "$RUMP_TEST_LIB/common.sh"; "$@"', "bash", *command],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if p.returncode == 77:
        print(p.stdout.strip())
        sys.exit(77)
    if p.returncode:
        raise Lost(p.stdout)


def must(*command, env=None):
    """Run a program on a cut image: that it fails is a loss."""
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       env=env, check=False)
    if p.returncode:
        raise Lost(f"{' '.join(command)}: exit code {p.returncode}\n{p.stdout}")
    return p.stdout


def recorded(image=IMAGE, log=LOG):
    """The environment of a program whose writes to the image are recorded."""
    return dict(os.environ, LD_PRELOAD=os.path.join(BIN, "recorder.so"),
                POWERCUT_IMAGE=os.path.abspath(image), POWERCUT_LOG=os.path.abspath(log))


def make_image(fstype, size, folder=None):
    """In the folder all may write."""
    shell("need_tools", fstype)
    shell("mkimg", fstype, FIRST, size)
    if folder:
        shell("fsu_mkdir", "-m", "777", FIRST, "/" + folder)
    writelog.copy(FIRST, IMAGE)


def seed():
    number = int(os.environ["SEED"] or random.randrange(1 << 30))
    print(f"seed {number}", flush=True)
    return number


class Cuts:
    """Random positions of a log, in their order, and the images after a cut there."""

    def __init__(self, fstype, count, number, ignore_flushes=0):
        self.log = writelog.WriteLog(LOG)
        if ignore_flushes:
            self.log.ignore_flushes(ignore_flushes)
        self.rng = random.Random(number)
        self.positions = sorted(self.choose() for _ in range(count))
        self.whole = WHOLE[fstype]
        self.builder = writelog.PowerCut(self.log, FIRST, ".", self.rng, self.whole)
        self.harmed = self.recoveries = 0

    def choose(self):
        """Anywhere, or just before a flush helps, when most is at risk."""
        if self.rng.random() < 0.5:
            return self.rng.choice(self.log.ends)
        return self.rng.choice(self.log.flushes).begin

    def __iter__(self):
        for position in self.positions:
            pending, harmed = self.builder.image(position, CUT)
            self.harmed += harmed > 0
            yield position, f"cut at {position} of {self.log.ends[-1]}: " \
                            f"{pending} writes pending, {harmed} of them harmed"

    def cut_recovery(self):
        """The power fails once more, while the journal is replayed."""
        os.makedirs(AGAIN, exist_ok=True)
        first, log = os.path.join(AGAIN, FIRST), os.path.join(AGAIN, LOG)
        writelog.copy(CUT, first)
        must("fsu_mkdir", "--method=sync", CUT, "/recovered", env=recorded(CUT, log))
        recovery = writelog.WriteLog(log)
        builder = writelog.PowerCut(recovery, first, AGAIN, self.rng, self.whole)
        builder.image(self.rng.choice(recovery.ends), CUT)
        self.recoveries += 1

    def complete(self):
        """The log has all that happened to the image."""
        self.builder.last(CUT, IMAGE)
        if not filecmp.cmp(CUT, IMAGE, shallow=False):
            fail("the image has bytes that the write log does not have")


def look(cuts, check):
    """check(position) after every cut; returns the losses."""
    losses = []
    for position, story in cuts:
        try:
            if cuts.rng.random() < 0.2:
                story += ", and once more while it was recovered"
                cuts.cut_recovery()
            check(position)
        except Lost as e:
            losses.append(f"{story}\n{e}")
    print(f"{len(cuts.positions)} cuts, {cuts.harmed} of them harmed pending writes, "
          f"{cuts.recoveries} recoveries cut too, {len(losses)} with losses; "
          f"{len(cuts.log.writes)} writes, {len(cuts.log.flushes)} flushes", flush=True)
    return losses
