#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The power fails at any moment, with what the host's cache held: after each of 100 cuts the journal
# is replayed, the checker finds nothing, and everything that was fsynced is there.
# each: ext4
# each-full: xfs btrfs
# run-as: user
# timeout: 900
"""The image is held by the writing program itself (libukfs)."""
import sys

import loads
import powercut


def cut(fstype, load, count, number):
    loads.fresh()
    powercut.make_image(fstype, "512M")
    load.run()
    cuts = powercut.Cuts(fstype, count, number)
    losses = powercut.look(cuts, lambda position: load.check(fstype, position))
    if losses:
        powercut.fail(f"{load.__name__}, {losses[0]}")
    cuts.complete()
    print(f"{load.__name__}: {loads.acknowledged()} acknowledgements")
    if loads.acknowledged() < 20 or not cuts.harmed:
        powercut.fail("the load was too small to judge by")


def main():
    number = powercut.seed()
    count = 10 if powercut.QUICK else 50
    for load in (loads.Acked, loads.Slots):
        cut(sys.argv[1], load, count, number)


if __name__ == "__main__":
    main()
