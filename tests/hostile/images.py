#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Mutated images of each type, used by commands and by a mount server: each works, fails with a
# message, ends by a crash that is contained and explained or by a limit of processor time.  Nothing
# hangs or grows, nothing outside of a destination and no image that is only read is changed, no
# mount stays.  SEED=N begins with the Nth image; images.py TYPE FIRST COUNT runs others.
# each: ext4 iso9660 jfs reiserfs squashfs udf vfat vxfs
# each-full: adfs affs bcachefs befs bfs btrfs cramfs efs erofs exfat ext2 ext3 f2fs gfs2 hfs hfsplus hpfs jffs2 minix msdos nilfs2 ntfs3 omfs qnx4 qnx6 romfs sysv ubifs ufs v7 xfs
# run-as: self
# timeout: 7200
import os
import subprocess
import sys

import mounts
import mutate
import outcome
import specimen

QUICK = bool(os.environ["RUMP_TEST_QUICK"])
IMAGES = 2 if QUICK else 40


def options(number):
    """What is named, and how: not always the type, not always all that the driver offers."""
    return ([] if number % 4 == 3 else ["-t", FSTYPE],
            ",".join(specimen.mount_options(FSTYPE)))


def make(number):
    subprocess.run(["cp", "--sparse=always", "good.img", "bad.img"], check=True)
    if number:                          # 0 is the good one
        mutate.mutate(FSTYPE, number, "bad.img", SECTORS)
    os.utime("bad.img", (specimen.EPOCH, specimen.EPOCH))


def commands(number):
    uses = outcome.Commands(FSTYPE, "bad.img")
    named, mount = options(number)
    named += ["-o", mount] if mount else []
    make(number)
    uses.read(named)
    if WRITES:
        uses.write(named, "tree/one" if number % 2 and os.path.exists("tree/one") else "tree/s700")
    return uses


def served(number):
    uses = outcome.Mount(FSTYPE, "bad.img")
    writing = WRITES and number % 4 != 0
    make(number)
    uses.use([*specimen.mount_options(FSTYPE), "rw" if writing else "ro"], writing)
    return uses


def row(images, counts):
    return "|".join([FSTYPE, str(images)] + [str(counts[mode][kind]) for mode in counts
                                             for kind in outcome.OUTCOMES])


def keep(lines):
    """For scripts/hostile-table."""
    directory = os.environ["RUMP_BUILD"] + "/tests/hostile"
    os.makedirs(directory, exist_ok=True)
    with open(f"{directory}/{FSTYPE}", "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in lines))


def control():
    """The image that is not mutated works in both modes, else the outcomes would say nothing."""
    return [f"{mode.__name__}: {outcomes} {uses.problems}\n{uses.last}"
            for mode in (commands, served) for uses in [mode(0)]
            for outcomes in [uses.outcomes] if outcome.worst(outcomes) != outcome.CLEAN]


def run(number, counts, crashes):
    """How many problems there are with the image."""
    problems = 0
    for mode in counts:
        uses = mode(number)
        counts[mode][outcome.worst(uses.outcomes)] += 1
        for reason in uses.reasons:
            print(f"{FSTYPE} {number}: {reason}", flush=True)
            if mode is commands and outcome.explains(outcome.CRASH, reason):
                crashes.append(f"{number}|{reason}")
        for problem in uses.problems:
            print(f"PROBLEM {FSTYPE} {number}: {problem}", flush=True)
        problems += len(uses.problems)
    return problems


def main():
    first = int(sys.argv[2] if len(sys.argv) > 2 else os.environ["SEED"] or 1)
    images = int(sys.argv[3]) if len(sys.argv) > 3 else IMAGES
    bad = control()
    if bad:
        print("FAILED: the image without a mutation: " + "\n".join(bad))
        return 1
    counts = {mode: dict.fromkeys(outcome.OUTCOMES, 0) for mode in (commands, served)}
    crashes = []
    problems = sum(run(number, counts, crashes) for number in range(first, first + images))
    print(row(images, counts))
    if problems:
        print(f"FAILED: {problems} problems; SEED=N begins with one")
    elif not QUICK:
        keep([row(images, counts), *crashes])
    return bool(problems)


if __name__ == "__main__":
    FSTYPE = sys.argv[1]
    mounts.must_have("fsu_ls", f"rump_{FSTYPE}")
    mounts.own_namespace()
    specimen.make(FSTYPE)
    SECTORS = mutate.metadata("good.img", "tree")
    WRITES = specimen.writes(FSTYPE)
    sys.exit(main())
