#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A monitor that comes to its end late leaves a mount alone that has got its own's device number.
# run-as: self
"""The monitor is stopped while its mount goes and another comes; often that has the same number."""
import signal

import mount
import mounts
import powercut

TRIES = 30


def number(folder):
    return [line.split()[2] for line in mounts.mounts(folder)]


def attempt():
    """Whether the numbers were the same."""
    mount.DIR = "first"
    first = mount.Mount("ext4", "first.img")
    before = number("first")
    signal.pidfd_send_signal(first.monitor, signal.SIGSTOP)
    try:
        first.leave()
        mount.DIR = "second"
        second = mount.Mount("ext4", "second.img")
    finally:
        signal.pidfd_send_signal(first.monitor, signal.SIGCONT)
    after = number("second")
    mount.DIR = "first"
    first.wait(mount.PATIENCE)
    if number("second") != after:
        powercut.fail("the monitor of another mount has detached this one")
    mount.DIR = "second"
    second.umount()
    return before == after


def main():
    mounts.must_have("rump_ext4")
    for name in ("first.img", "second.img"):
        powercut.shell("mkimg", "ext4", name, "64M")
    if not any(attempt() for _ in range(TRIES)):
        print("no mount ever got the number of the one before")
        raise SystemExit(77)


if __name__ == "__main__":
    main()
