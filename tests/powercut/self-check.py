#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The power cut tests can fail: with a medium whose cache ignores flushes, acknowledged data is lost
# and they see it, on a load and at cuts where an honest medium loses nothing.
# each: ext4
# each-full: xfs btrfs
# run-as: user
# timeout: 300
"""One recorded load, looked at as both media would have kept it."""
import sys

import loads
import powercut

CACHE = 48              # writes that the lying medium still has in its cache
CUTS = 12


def main():
    fstype, number = sys.argv[1], powercut.seed()
    powercut.make_image(fstype, "512M")
    loads.Slots.operations = 80
    loads.Slots.run()

    def losses(cache):
        cuts = powercut.Cuts(fstype, CUTS, number, ignore_flushes=cache)
        return powercut.look(cuts, lambda position: loads.Slots.check(fstype, position))

    honest = losses(0)
    if honest:
        powercut.fail(f"with an honest medium: {honest[0]}")
    lying = losses(CACHE)
    for loss in lying[:3]:
        print("seen, as it should be: " + loss[:600])
    if not any("not as it was acknowledged" in loss for loss in lying):
        powercut.fail("flushes were ignored, and no acknowledged data was missed")


if __name__ == "__main__":
    main()
