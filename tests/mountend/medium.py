#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A medium that fails under a mount: the image is cut short, the device vanishes, the host's disk is
# full.  Programs get errors, nothing hangs, the unmount is orderly; where last writes were lost it
# says so and the exit code is 2.
# each: async
# each-full: sync mmap
# run-as: root
# needs: mkfs.ext4 e2fsck losetup blockdev mkfs.xfs mkfs.btrfs mkfs.fat
# timeout: 300
import errno
import os
import select
import subprocess
import sys

import served

SIZE = 8 << 20
SIZES = {"ext4": "64M", "xfs": "300M", "btrfs": "128M", "vfat": "64M"}
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.ENXIO)


def patiently(what, call, *args):
    """Run in a child, for it may hang: its errno, or 0."""
    pid = os.fork()
    if not pid:
        os._exit(served.errno_of(call, *args))
    pidfd = os.pidfd_open(pid)
    if not select.select([pidfd], [], [], served.PATIENCE)[0]:
        os.kill(pid, 9)
        raise TimeoutError(what)
    os.close(pidfd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def read_all(path):
    with open(path, "rb", buffering=0) as f:
        while f.read(1 << 20):
            pass


def write_synced(path, size=1 << 20):
    with open(path, "wb", buffering=0) as f:
        left = size
        while left > 0:
            left -= f.write(os.urandom(min(left, 1 << 20)))
        os.fsync(f.fileno())


def filled(image, fstype):
    """With a file that no cache has after the mount."""
    served.shell("mkimg", fstype, image, SIZES[fstype])
    with open("data", "wb") as f:
        f.write(os.urandom(SIZE))
    served.shell("fsu_put", image, "data", "/data")
    os.sync()


def broken(server, what):
    """Reading and writing fail, and unmounting reports."""
    try:
        error = patiently("reading", read_all, "mnt/data")
        if error not in ERRORS:
            served.fail(f"{what}: reading gives error {error}")
        error = patiently("writing", write_synced, "mnt/new")
        if error not in ERRORS:
            served.fail(f"{what}: writing gives error {error}")
        patiently("listing", os.listdir, "mnt")
    except TimeoutError as e:
        server.hangs(f"{what}: {e} hangs")
    server.umount(2, "unmounting: ")
    print(f"{what}: {server.said[-1]}")


def cut_short(method, fstype):
    filled("disk.img", fstype)
    server = served.Server(fstype, "disk.img", [f"method={method}"]).must_be_ready()
    os.truncate("disk.img", 4096)
    broken(server, f"{fstype} cut short")
    if os.path.getsize("disk.img") != 4096:
        served.fail(f"the image has grown again, to {os.path.getsize('disk.img')}")


def vanished(method, fstype):
    """What is left of a device that was pulled out while it was open has no capacity."""
    filled("device.img", fstype)
    device = served.shell("losetup", "--find", "--show", "device.img").strip()
    try:
        server = served.Server(fstype, device, [f"method={method}"]).must_be_ready()
        os.truncate("device.img", 0)
        served.shell("losetup", "-c", device)
        if served.shell("blockdev", "--getsize64", device).strip() != "0":
            served.fail("the device is still there")
        broken(server, f"{fstype} vanished")
    finally:
        served.shell("losetup", "-d", device)


def full(method, fstype):
    """The host has no room for the sparse image."""
    os.makedirs("small", exist_ok=True)
    served.shell("mount", "-t", "tmpfs", "-o", "size=12M", "tmpfs", "small")
    try:
        served.shell("mkimg", fstype, "small/disk.img", "64M")
        server = served.Server(fstype, "small/disk.img", [f"method={method}"]).must_be_ready()
        try:
            with open("small/filler", "wb") as f:
                served.errno_of(f.write, bytes(5 << 20))
            error = patiently("writing", write_synced, "mnt/new", 40 << 20)
        except TimeoutError as e:
            server.hangs(f"full: {e} hangs")
        if error not in (errno.ENOSPC, errno.EIO, errno.EROFS):
            served.fail(f"full: writing gives error {error}")
        server.umount(2, "unmounting: ")
        print(f"full: error {error}; {server.said[-1]}")
        os.unlink("small/filler")
        after_full(fstype, "small/disk.img")
    finally:
        served.shell("umount", "small")


def after_full(fstype, image):
    """With room again the journal is replayed; what was lost is lost, the structure is not."""
    subprocess.run(["cp", "--sparse=always", image, "after.img"], check=True)
    server = served.Server(fstype, "after.img").must_be_ready()
    os.listdir("mnt")
    server.umount()
    p = subprocess.run(["e2fsck", "-fp", "after.img"], capture_output=True, text=True, check=False)
    if p.returncode > 1:
        served.fail(f"e2fsck: {p.returncode}\n{p.stdout}")


def main():
    method = sys.argv[1]
    served.must_have(*(f"rump_{fstype}" for fstype in SIZES))
    served.own_namespace()
    log = served.HostLog()
    for fstype in SIZES:
        cut_short(method, fstype)
    if method != "mmap":             # is for files
        vanished(method, "ext4")
    full(method, "ext4")
    log.must_be_silent("fuse", "blocked for more")


if __name__ == "__main__":
    main()
