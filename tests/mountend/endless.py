#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A driver that computes for ever, in a request or at the mount: the server ends with a message and
# a code of its own, who waits for it gets an error, the mount goes, the image is free.  A server
# that computes as long, but ends its requests, goes on.
# needs: mkfs.ext4 genisoimage
# timeout: 600
import os
import subprocess
import threading
import time

import circle
import served

LIMIT = 1                       # seconds of processor time
ENDLESS = 71
CHUNK = 1 << 20


def processor_time(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def at_mount():
    circle.sysv_at_mount("sysv.img")
    server = served.Server("sysv", "sysv.img", [f"watchdog={LIMIT}"])
    if server.ready:
        served.fail("a list of free blocks without an end is mounted")
    server.end(ENDLESS, f"sysv.img: the driver did not end the mount within {LIMIT} s of "
               "processor time")


def in_request():
    name = circle.affs_at_lookup("affs.img")
    server = served.Server("affs", "affs.img", [f"watchdog={LIMIT}"]).must_be_ready()
    if served.errno_of(os.stat, "mnt/first"):
        served.fail("the image has no file")
    errors = []

    def look():
        errors.append(served.errno_of(os.stat, "mnt/" + name))

    users = [threading.Thread(target=look, daemon=True) for _ in range(2)]
    for user in users:
        user.start()
    server.end(ENDLESS, f"affs.img: the driver did not end a request LOOKUP within {LIMIT} s of "
               "processor time")
    for user in users:
        user.join(served.PATIENCE)
    if len(errors) != 2 or not all(e in (*served.GONE, 2) for e in errors):
        served.fail(f"who waited for the request got {errors}")
    served.Server("affs", "affs.img").must_be_ready().umount()


def directory():
    circle.udf_directory("udf.img")
    server = served.Server("udf", "udf.img", ["ro"]).must_be_ready()
    p = subprocess.run(["ls", "-f", "mnt/many"], capture_output=True, text=True,
                       timeout=served.PATIENCE, check=False)
    names = p.stdout.split()
    if p.returncode != 2 or "Input/output error" not in p.stderr or "file0290.txt" not in names:
        served.fail(f"a directory without an end: {p.returncode} {p.stderr}, {len(names)} names")
    server.umount(0, "a directory does not end")


def busy_but_well():
    """Many requests, each of them short."""
    served.make_ext4("disk.img", "64M")
    server = served.Server("ext4", options=[f"watchdog={LIMIT}"]).must_be_ready()
    pid = served.processes()[0]
    with open("mnt/file", "wb") as f:
        f.write(os.urandom(CHUNK) * 16)
    fd = os.open("mnt/file", os.O_RDONLY)
    end = time.monotonic() + served.PATIENCE
    while processor_time(pid) < 2.5 * LIMIT:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        for at in range(0, 16 * CHUNK, CHUNK):
            os.pread(fd, CHUNK, at)
        if time.monotonic() > end:
            served.fail("the server computes nothing: the test shows nothing")
    os.close(fd)
    server.umount()


def wrong_values():
    for value in ("-1", "x", "", "1.5"):
        p = subprocess.run(["rump_ext4", "-o", f"watchdog={value}", "disk.img", "mnt"],
                           capture_output=True, text=True, timeout=served.PATIENCE, check=False)
        if p.returncode != 1 or "watchdog" not in p.stderr:
            served.fail(f"watchdog={value}: {p.returncode} {p.stderr}")


def main():
    served.must_have("rump_ext4", "rump_affs", "rump_sysv")
    served.own_namespace()
    at_mount()
    in_request()
    directory()
    busy_but_well()
    wrong_values()


if __name__ == "__main__":
    main()
