#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A server under load that is killed, crashes or panics: its mount goes by itself, by a monitor that
# sleeps until then, its users get an error, the log has message and backtrace, the exit code tells,
# and the host's kernel has nothing to say.
# needs: mkfs.ext4 e2fsck debugfs
# timeout: 600
import errno
import os
import signal
import subprocess
import sys

import served

SIZE = 8 << 20
PANIC = r"an, odd\name (of 1).img"

LOAD = r"""
import os, sys
number = 0
try:
    while True:
        path = f"{sys.argv[1]}/{os.getpid()}.{number % 20}"
        with open(path, "wb") as f:
            f.write(os.urandom(30000))
            f.flush()
            if number % 3 == 0:
                os.fsync(f.fileno())
        os.listdir(sys.argv[1])
        if number % 2:
            os.unlink(path)
        number += 1
        if number % 100 == 5:
            print("works", flush=True)
except OSError as error:
    print(error.errno)
"""


def start_loads():
    loads = [subprocess.Popen([sys.executable, "-c", LOAD, "mnt"], stdout=subprocess.PIPE,
                              text=True) for _ in range(2)]
    for load in loads:
        if load.stdout.readline() != "works\n":
            served.fail("the load does not work")
    return loads


def end_loads(loads):
    for load in loads:
        said = load.communicate(timeout=served.PATIENCE)[0].split()
        # the folder below the mount is there again, and may be written to or not
        if not said or int(said[-1]) not in (*served.GONE, errno.ENOENT, errno.EACCES):
            served.fail(f"the error of a program on the mount: {said}")


def wakeups(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt"))


def must_sleep(monitor, loads):
    """It waits for the server's end: a monitor that looks for it again and again is woken.  It may
    still have had a line to pass on."""
    def idle():
        before = wakeups(monitor)
        for load in loads:
            load.stdout.readline()              # a hundred rounds more
        return wakeups(monitor) == before
    if not any(idle() for _ in range(5)):
        served.fail("the monitor does not sleep while the server works")


def forget_cached(fd):
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def must_be_gone(fd, what):
    error = served.errno_of(os.pread, fd, SIZE, 0)
    if error not in served.GONE:
        served.fail(f"{what}: reading an open file fails with {error}")
    error = served.errno_of(os.fsync, fd)
    if error not in (*served.GONE, 0):
        served.fail(f"{what}: fsync of an open file fails with {error}")
    os.close(fd)


def signalled(sig):
    """In the sandbox a handler shows the backtrace of a crash; nothing can for SIGKILL."""
    name = signal.strsignal(sig)
    server = served.Server("ext4").must_be_ready()      # replays the journal of the one before
    with open("mnt/data", "wb") as f:
        f.write(bytes(SIZE))
    fd = os.open("mnt/data", os.O_RDWR)
    loads = start_loads()
    must_sleep(served.processes()[1], loads)
    forget_cached(fd)
    os.kill(served.processes()[0], sig)
    served.until(lambda: not served.mounts(), served.PATIENCE, f"{name}: the mount has gone")
    if sig == signal.SIGKILL:
        server.end(4, f"the server was ended by signal 9 ({name})")
    else:
        server.end(4, f"panic: {name}", "rumpuser_panic", "the kernel side crashed")
    must_be_gone(fd, name)
    end_loads(loads)


def panics():
    served.make_damaged_ext4(PANIC, "32M", "-e", "panic")     # it is to panic
    server = served.Server("ext4", PANIC).must_be_ready()
    fd = os.open("mnt/lost+found", os.O_RDONLY | os.O_DIRECTORY) if served.ROOT else -1
    error = served.errno_of(os.listdir, "mnt/dir")
    if error not in served.GONE:
        served.fail(f"panic: who caused it gets error {error}")
    served.until(lambda: not served.mounts(), served.PATIENCE, "panic: the mount has gone")
    server.end(4, "panic: EXT4-fs", "rumpuser_panic", "the kernel side crashed")
    if not any("ext4" in line and "#" in line for line in server.said):
        served.fail("the backtrace does not show the file system:\n" + server.text)
    if fd >= 0:
        os.close(fd)


def main():
    served.must_have("rump_ext4")
    served.own_namespace()
    log = served.HostLog()
    served.make_ext4("disk.img", "64M")
    for sig in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT):
        signalled(sig)
    panics()
    server = served.Server("ext4").must_be_ready()     # replays the journal
    server.umount()
    served.shell("fsck_clean", "ext4", "disk.img")
    log.must_be_silent("fuse", "rump_", "blocked for more")


if __name__ == "__main__":
    main()
