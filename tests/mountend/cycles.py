#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A thousand mounts come and go, two at a time: no process, mount, lock, file, memory or connection
# of the host's FUSE is left behind, and each server ended with 0.
# run-as: root-first
# needs: mkfs.ext4 e2fsck unshare
# timeout: 900
# alone: yes
import ctypes
import glob
import os
import subprocess
import threading
import time

import served

CYCLES = 40 if served.QUICK else 1000
LANES = 2
SLACK = 16 << 20        # bytes of the host's memory that may be in its caches afterwards
PR_SET_CHILD_SUBREAPER = 36


class Memory:
    """What the test and its children take of the host, by a control group of theirs; root only."""

    V1, V2 = "/sys/fs/cgroup/memory", "/sys/fs/cgroup"

    def __init__(self):
        self.group = self.parent = None
        with open("/proc/self/cgroup", encoding="ascii") as f:
            for line in f:
                _, controllers, path = line.strip().split(":", 2)
                if controllers == "memory" or (not controllers and not self.parent):
                    self.parent = (self.V1 if controllers else self.V2) + path
        path = os.path.join(self.parent or "", f"rump-cycles.{os.getpid()}")
        try:
            os.mkdir(path)
            self.group = path
            self._enter(path)
            self.taken()
        except OSError:
            print("no control group: the memory is not looked at")
            self.leave()

    @staticmethod
    def _enter(group):
        with open(group + "/cgroup.procs", "w", encoding="ascii") as f:
            f.write(str(os.getpid()))

    def taken(self):
        """Shared memory and the host's own for us, in bytes."""
        with open(self.group + "/memory.stat", encoding="ascii") as f:
            stat = dict(line.split() for line in f)
        kernel = stat.get("kernel")
        if kernel is None:
            with open(self.group + "/memory.kmem.usage_in_bytes", encoding="ascii") as f:
                kernel = f.read()
        return int(stat["shmem"]) + int(kernel)

    def leave(self):
        if self.group:
            self._enter(self.parent)
            os.rmdir(self.group)
        self.group = None


def locks():
    """On our images."""
    inodes = {os.stat(image).st_ino for image in glob.glob("*.img")}
    with open("/proc/locks", encoding="ascii") as f:
        return [line for line in f if int(line.split()[-3].split(":")[-1]) in inodes]


def temporary_files():
    return {path for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/mount", "/run",
                                "/run/lock", ".")
            for path in glob.glob(folder + "/*rump*") + glob.glob(folder + "/utab*")
            if os.path.lexists(path) and os.lstat(path).st_uid == os.getuid()
            and "rump-tests." not in path and "rump-view." not in path}


def in_utab():
    try:
        with open("/run/mount/utab", encoding="utf-8", errors="replace") as f:
            return os.getcwd() in f.read()
    except OSError:
        return False


def connections():
    """Connections of the host's FUSE that no mount of any process belongs to; root can look."""
    used = set()
    for path in glob.glob("/proc/[0-9]*/mountinfo"):
        try:
            with open(path, encoding="utf-8", errors="replace") as f:
                used |= {line.split()[2].split(":")[1] for line in f}
        except OSError:
            pass
    return set(os.listdir("connections")) - used


def zombies():
    """Monitors become our children: those that have ended, with their exit codes."""
    codes = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return codes, 0
        if not pid:
            return codes, 1
        codes.append(os.waitstatus_to_exitcode(status))


def holders(folder):
    """Processes of other mount namespaces that have a copy of the mount."""
    own, path, found = os.readlink("/proc/self/ns/mnt"), os.path.abspath(folder), ""
    for process in glob.glob("/proc/[0-9]*"):
        try:
            with open(process + "/mountinfo", encoding="utf-8", errors="replace") as f:
                there = any(path in line for line in f)
            if there and os.readlink(process + "/ns/mnt") != own:
                with open(process + "/cmdline", encoding="utf-8", errors="replace") as f:
                    found += f"copied by {process}: {f.read()}\n".replace("\0", " ")
        except OSError:
            pass
    return found


def call(command):
    """What went wrong.  Others may look at any mount of the machine, which is busy then."""
    for _ in range(2000):
        try:
            p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, timeout=served.PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return "hangs"
        if "is busy" not in p.stdout:
            break
        time.sleep(0.1)
    return f"{p.returncode} {p.stdout}" if p.returncode or p.stdout else ""


def lane(number, failures):
    image, folder = f"{number}.img", f"mnt{number}"
    for cycle in range(CYCLES // LANES):
        for command in (["rump_ext4", image, folder], ["rump_umount", folder]):
            said = call(command)
            if said:
                failures.append(f"cycle {cycle}: {command[0]}: {said}\n{holders(folder)}")
                return


def main():
    served.must_have("rump_ext4", "rump_umount")
    served.own_namespace()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in range(LANES):
        served.make_ext4(f"{number}.img", "16M")
        os.mkdir(f"mnt{number}")
    if served.ROOT:
        os.mkdir("connections")
        served.shell("mount", "-t", "fusectl", "none", "connections")
    try:
        run()
    finally:
        if served.ROOT:
            served.shell("umount", "connections")


def run():
    log, files = served.HostLog(), temporary_files()
    memory = Memory()
    try:
        cycles(files, memory)
    finally:
        memory.leave()
    log.must_be_silent("fuse", "blocked for more")
    for n in range(LANES):
        served.shell("fsck_clean", "ext4", f"{n}.img")


def cycles(files, memory):
    failures, before = [], memory.group and memory.taken()
    begin = time.monotonic()
    lanes = [threading.Thread(target=lane, args=(n, failures)) for n in range(LANES)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    took = time.monotonic() - begin
    if failures:
        served.fail("\n".join(failures))
    codes, left = zombies()
    if left:
        served.fail("a monitor still runs")
    if len(codes) < CYCLES or any(codes):
        served.fail(f"{len(codes)} monitors have ended, with {set(codes)}")
    if any(served.mounts(f"mnt{n}") for n in range(LANES)) or locks() or in_utab():
        served.fail(f"left: {locks()}, a mount, or a line of /run/mount/utab")
    if temporary_files() != files:
        served.fail(f"files are left: {temporary_files() ^ files}")
    if served.ROOT:
        served.until(lambda: not connections(), served.PATIENCE, "no connection without a mount")
    print(f"{CYCLES} cycles in {took:.1f} s")
    if memory.group:
        served.until(lambda: memory.taken() < before + SLACK, served.PATIENCE,
                     f"{before} bytes of memory again")
        print(f"{before} bytes of memory before, {memory.taken()} after")


if __name__ == "__main__":
    main()
