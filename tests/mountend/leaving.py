#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The ways to leave a mount: umount refuses while it is busy; a lazy one ends the server with the
# last open file; SIGTERM, SIGINT, SIGHUP, idle and in use; a server goes on without its monitor.
# Each leaves a clean image that can be mounted again at once.
# needs: mkfs.ext4 e2fsck debugfs
# timeout: 900
import errno
import os
import select
import signal
import subprocess
import threading

import served

AGAIN = 5 if served.QUICK else 100


def start():
    return served.Server("ext4").must_be_ready()


def is_clean():
    served.shell("fsck_clean", "ext4", "disk.img")


def refused_while_busy():
    server = start()
    with open("mnt/open", "w", encoding="ascii") as f:
        p = served.leave()
        if not p.returncode or "busy" not in p.stderr:
            served.fail(f"umount of a busy mount: {p.returncode} {p.stderr}")
        p = subprocess.run(["rump_umount", "mnt"], capture_output=True, text=True,
                           timeout=served.PATIENCE, check=False)
        if p.returncode != 32 or "is busy" not in p.stderr:
            served.fail(f"rump_umount of a busy mount: {p.returncode} {p.stderr}")
        f.write("goes on")
        f.flush()
        os.fsync(f.fileno())
    server.umount()
    is_clean()


def lazy():
    """The file that is open stays good, deleted or not."""
    server = start()
    with open("mnt/open", "w+b") as f:
        p = served.leave("mnt", "-l" if served.ROOT else "-z")
        if p.returncode:
            served.fail("lazy umount: " + p.stderr)
        if served.mounts():
            served.fail("a lazy umount leaves the mount")
        f.write(b"late" * 100000)
        f.flush()
        os.fsync(f.fileno())
        f.seek(0)
        if f.read() != b"late" * 100000:
            served.fail("the open file is not what was written")
        if server.process.poll() is not None:
            served.fail("the server has ended while a file is open")
    server.end(0)
    is_clean()
    if served.shell("fsu_cat", "disk.img", "/open") != "late" * 100000:
        served.fail("what was written after the lazy umount is not there")


def without_helper(image):
    """umount2(2) returns before the server has written all.  A mount that follows waits for it."""
    for number in range(AGAIN):
        before = served.Server("ext4", image).must_be_ready()
        with open("mnt/large", "wb") as f:
            f.write(os.urandom(16 << 20))
        p = served.leave()
        if p.returncode:
            served.fail(f"umount of {image}, round {number}: {p.stderr}")
        after = served.Server("ext4", image).must_be_ready()
        if os.path.getsize("mnt/large") != 16 << 20:
            served.fail(f"{image}, round {number}: what was written is not there")
        before.wait()
        after.umount()
        is_clean()


def without_helper_on_a_device():
    if not served.ROOT:
        return
    device = served.shell("losetup", "-f", "--show", "disk.img").strip()
    try:
        without_helper(device)
    finally:
        served.shell("losetup", "-d", device)


def told_to_end(sig, code=0):
    server = start()
    with open("mnt/new", "w", encoding="ascii") as f:
        f.write(sig.name)
    os.kill(server.process.pid, sig)
    server.end(code)
    is_clean()
    if served.shell("fsu_cat", "disk.img", "/new") != sig.name:
        served.fail(f"{sig.name}: what was written is not there")


def told_to_end_in_use(sig):
    """What was synced is there; who uses it is left without a file system, and does not hang."""
    server = start()
    fd = os.open("mnt/used", os.O_CREAT | os.O_RDWR)
    os.write(fd, b"synced")
    os.fsync(fd)
    os.write(fd, b", and not")
    errors = []

    def use():
        number = 0
        while not errors:
            number += 1
            for call in (os.mkdir, os.rmdir):
                error = served.errno_of(call, f"mnt/dir{number}")
                if error:
                    errors.append(error)

    user = threading.Thread(target=use)
    user.start()
    os.kill(server.process.pid, sig)
    server.end(0)
    user.join(served.PATIENCE)
    if user.is_alive():
        served.fail(f"{sig.name}: a program hangs on the mount that has gone")
    served.errno_of(os.close, fd)
    is_clean()
    if not served.shell("fsu_cat", "disk.img", "/used").startswith("synced"):
        served.fail(f"{sig.name}: what was synced is not there")


def without_monitor():
    server = start()
    pid = served.processes()[0]
    end = os.pidfd_open(pid)
    server.process.kill()
    server.process.wait()
    with open("mnt/without", "w", encoding="ascii") as f:
        f.write("monitor")
    subprocess.run(["rump_umount", "mnt"], timeout=served.PATIENCE, check=True)
    if not select.select([end], [], [], 0)[0]:
        served.fail("rump_umount has not waited for a server without monitor")
    os.close(end)
    if served.mounts():
        served.fail("the mount is left")
    is_clean()
    if served.shell("fsu_cat", "disk.img", "/without") != "monitor":
        served.fail("what was written without the monitor is not there")


def errors_without_monitor():
    """What the server has to say then has nowhere to go, which is no reason to end."""
    served.make_damaged_ext4("damaged.img", "16M", "-e", "continue")
    server = served.Server("ext4", "damaged.img").must_be_ready()
    server.process.kill()
    server.process.wait()
    for _ in range(3):
        error = served.errno_of(os.listdir, "mnt/dir")
        if error not in (errno.EUCLEAN, errno.EBADMSG, errno.EIO):
            served.fail("a damaged folder without the monitor: "
                        f"{errno.errorcode.get(error, error)}")
    with open("mnt/without", "w", encoding="ascii") as f:
        f.write("monitor")
    subprocess.run(["rump_umount", "mnt"], timeout=served.PATIENCE, check=True)
    if served.shell("fsu_cat", "damaged.img", "/without") != "monitor":
        served.fail("what was written to the damaged image without the monitor is not there")


def one_writer():
    server = start()
    for options in ([], ["ro"], ["snapshot"]):
        second = served.Server("ext4", options=options, folder="second")
        if second.ready:
            served.fail(f"a second server with {options} on an image that is written")
        second.end(32, "in use by another process, which has locked it")
        if len(second.said) != 1:
            served.fail("not one sentence:\n" + second.text)
    server.umount()
    readers = [served.Server("ext4", options=["ro"], folder=f).must_be_ready()
               for f in ("mnt", "second")]
    third = served.Server("ext4", folder="third")
    third.end(32, "in use by another process, which has locked it")
    for reader in readers:
        reader.umount()


def again_at_once():
    """When rump_umount has returned nothing holds the image."""
    for number in range(AGAIN):
        p = subprocess.run(["rump_ext4", "disk.img", "mnt"], capture_output=True, text=True,
                           timeout=served.PATIENCE, check=False)
        if p.returncode:
            served.fail(f"mount {number}: {p.returncode} {p.stderr}")
        with open("mnt/number", "w", encoding="ascii") as f:
            f.write(str(number))
        p = subprocess.run(["rump_umount", "mnt"], capture_output=True, text=True,
                           timeout=served.PATIENCE, check=False)
        if p.returncode or p.stderr:
            served.fail(f"umount {number}: {p.returncode} {p.stderr}")
    is_clean()
    if served.shell("fsu_cat", "disk.img", "/number") != str(AGAIN - 1):
        served.fail("the last write is not there")


def main():
    served.must_have("rump_ext4", "rump_umount")
    served.own_namespace()
    served.make_ext4("disk.img", "32M")
    log = served.HostLog()
    refused_while_busy()
    lazy()
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        told_to_end(sig)
        told_to_end_in_use(sig)
    without_monitor()
    errors_without_monitor()
    one_writer()
    again_at_once()
    without_helper("disk.img")
    without_helper_on_a_device()
    log.must_be_silent("fuse", "blocked for more")


if __name__ == "__main__":
    main()
