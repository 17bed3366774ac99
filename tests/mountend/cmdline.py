#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line of a mount server: each error is one sentence and has mount(8)'s exit code,
# before the image is touched; the options do what they say.
# run-as: both
# needs: mkfs.ext4 e2fsck findmnt sfdisk
import os
import subprocess

import served

# options, image, directory, exit code, what the sentence says
ERRORS = (
    ("part=0", "disk.img", "mnt", 1, "part=0: a number from 1"),
    ("part=x", "disk.img", "mnt", 1, "part=x: a number from 1"),
    ("part=7", "disk.img", "mnt", 32, "there is no partition 7"),
    ("sector=100", "disk.img", "mnt", 1, "a number from 512 to 4096"),
    ("sector=513", "disk.img", "mnt", 1, "a power of two"),
    ("method=guess", "disk.img", "mnt", 1, "method=guess: no such choice"),
    ("cache=none", "disk.img", "mnt", 1, "cache=none: no such choice"),
    ("mem=12Q", "disk.img", "mnt", 1, "mem=12Q: a size of at least 16M"),
    ("mem=15M", "disk.img", "mnt", 1, "mem=15M: a size of at least 16M"),
    ("ncpu=0", "disk.img", "mnt", 1, "ncpu=0: a number from 1 to 64"),
    ("ready-fd=99", "disk.img", "mnt", 1, "there is no such open descriptor"),
    ("ready-fd=x", "disk.img", "mnt", 1, "ready-fd=x: a number"),
    ("pid-file=nosuch/pid", "disk.img", "mnt", 1, "pid file nosuch/pid: No such file"),
    ("pid-file=sub/", "disk.img", "mnt", 1, "not a file name"),
    ("kernel=..", "disk.img", "mnt", 1, "kernel=..: a version is needed"),
    ("kernel=6.12/../..", "disk.img", "mnt", 1, "a version is needed"),
    ("kernel=", "disk.img", "mnt", 1, "a version is needed"),
    ("runas=nosuchuser", "disk.img", "mnt", 1, "there is no user nosuchuser"),
    ("runas=0:nosuchgroup", "disk.img", "mnt", 1, "there is no group nosuchgroup"),
    ("nosuchoption", "disk.img", "mnt", 32, "Unknown parameter 'nosuchoption'"),
    ('rw,nosuch="a', "disk.img", "mnt", 1, 'option nosuch="a has no end'),
    ('nosuch="a,ncpu=0"', "disk.img", "mnt", 32, "Unknown parameter 'nosuch'"),
    ("data=neither", "disk.img", "mnt", 32, "Bad value for 'data'"),
    (",,rw,,", "nosuch.img", "mnt", 32, "nosuch.img: No such file or directory"),
    ("rw", "disk.img", "nosuch", 32, "nosuch: No such file or directory"),
    ("rw", "disk.img", "file", 32, "file is not a directory"),
    ("rw", "sub", "mnt", 32, "Is a directory"),
    ("rw", "/dev/null", "mnt", 32, "neither a regular file nor a block device"),
    ("rw", "zeros.img", "mnt", 32, "Can't find ext4 filesystem"),
    ("rw", "short.img", "mnt", 32, "bad geometry"),
)
CALLS = (
    (["rump_fs", "zeros.img", "mnt"], 32, "no file system found"),
    (["rump_xfs", "disk.img", "mnt"], 32, "cannot mount as xfs"),
    (["rump_fs", "-t", "nosuch", "disk.img", "mnt"], 32, "nosuch"),
    (["rump_fs", "disk.img"], 1, "an image and a directory are needed"),
    (["rump_fs", "disk.img", "mnt", "more"], 1, "an image and a directory are needed"),
)


def call(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=served.PATIENCE,
                          check=False, **more)


def refused(command, code, sentence):
    """In the background and in the foreground alike."""
    for extra in ([], ["-f"]):
        p = call(command[0], *extra, *command[1:])
        lines = p.stderr.splitlines()
        what = " ".join(command)
        if p.returncode != code:
            served.fail(f"{what}: exit code {p.returncode}, not {code}: {p.stderr}")
        if len(lines) != 1 or sentence not in p.stderr or p.stdout or \
                not p.stderr.startswith(command[0] + ": "):
            served.fail(f"{what}: not one sentence with '{sentence}': {p.stderr}{p.stdout}")
        if served.mounts():
            served.fail(f"{what}: mounted")


def mounted(options, image="disk.img"):
    p = call("rump_ext4", "-o", options, image, "mnt")
    if p.returncode or p.stderr:
        served.fail(f"{options}: {p.returncode} {p.stderr}")


def umounted():
    p = call("rump_umount", "mnt")
    if p.returncode or p.stderr:
        served.fail(f"rump_umount: {p.returncode} {p.stderr}")


def flags():
    return set(served.shell("findmnt", "-no", "VFS-OPTIONS", "mnt").strip().split(","))


def flags_hold():
    """Everybody has nosuid and nodev; root can do without."""
    mounted("rw")
    if not flags() >= {"nosuid", "nodev"}:
        served.fail(f"the default is {flags()}")
    umounted()
    for word in ("noexec", "nosuid", "nodev", "ro"):
        mounted(word)
        if word not in flags():
            served.fail(f"{word} is not in {flags()}")
        umounted()
    mounted("suid,dev,exec")
    unwanted = flags() & {"nosuid", "nodev", "noexec"}
    if unwanted != (set() if served.ROOT else {"nosuid", "nodev"}):
        served.fail(f"suid,dev,exec gives {flags()}")
    umounted()
    mounted("noexec")
    with open("mnt/program", "w", encoding="ascii") as f:
        f.write("#!/bin/sh\n")
    os.chmod("mnt/program", 0o755)
    if not served.errno_of(subprocess.run, ["mnt/program"]):
        served.fail("a program runs in spite of noexec")
    umounted()


def pid_file():
    """A relative path is the caller's, and the file goes with the mount."""
    mounted("pid-file=sub/pid")
    with open("sub/pid", encoding="ascii") as f:
        pid = int(f.read())
    if pid != served.processes()[1]:
        served.fail(f"{pid} in the pid file is not the monitor")
    os.kill(pid, 15)
    served.until(lambda: not served.mounts() and not os.path.exists("sub/pid"),
                 served.PATIENCE, "SIGTERM to the process of pid-file")
    # a symbolic link in its place is replaced
    with open("victim", "w", encoding="ascii") as f:
        f.write("kept")
    os.symlink("../victim", "sub/pid")
    mounted("pid-file=sub/pid")
    with open("victim", encoding="ascii") as f:
        if f.read() != "kept" or os.path.islink("sub/pid"):
            served.fail("pid-file follows a symbolic link")
    umounted()
    if os.listdir("sub"):
        served.fail(f"left beside the pid file: {os.listdir('sub')}")


def ready_fd():
    """A newline, then the end: neither monitor nor server keep it, nor anything else of ours."""
    ready, theirs = os.pipe()
    other, inherited = os.pipe()
    p = call("rump_ext4", "-o", f"ready-fd={theirs}", "disk.img", "mnt",
             pass_fds=[theirs, inherited])
    os.close(theirs)
    os.close(inherited)
    os.set_blocking(ready, False)
    os.set_blocking(other, False)
    if p.returncode or os.read(ready, 10) != b"\n" or os.read(ready, 10) or os.read(other, 10):
        served.fail("ready-fd")
    umounted()


def runas():
    """A server that root starts is somebody else."""
    for options, uid in (("rw", 65534), ("runas=daemon", 1), ("runas=4321:4321", 4321)):
        mounted(options)
        with open(f"/proc/{served.processes()[0]}/status", encoding="ascii") as f:
            ids = next(line.split()[1:] for line in f if line.startswith("Uid:"))
        if set(ids) != {str(uid)}:
            served.fail(f"{options}: the server is {ids}, not {uid}")
        umounted()


def snapshot():
    before = served.shell("sha256sum", "disk.img")
    mounted("snapshot")
    with open("mnt/gone", "wb") as f:
        f.write(os.urandom(100000))
        os.fsync(f.fileno())
    umounted()
    if served.shell("sha256sum", "disk.img") != before:
        served.fail("snapshot: the image has changed")
    if os.path.exists("gone"):
        served.fail("snapshot: written to the folder below")


def partition():
    """The second of two; without part= it is a question."""
    served.shell("sh", "-c", "truncate -s 64M whole.img && printf "
                 "'start=2048,size=32768,type=83\\nstart=36864,size=32768,type=83\\n' | "
                 "sfdisk -q whole.img")
    served.make_ext4("part.img", "16M")
    served.shell("dd", "if=part.img", "of=whole.img", "seek=2048", "conv=notrunc", "status=none")
    served.shell("fsu_mkdir", "part.img", "/second")
    served.shell("dd", "if=part.img", "of=whole.img", "seek=36864", "conv=notrunc", "status=none")
    mounted("part=2", "whole.img")
    if not os.path.isdir("mnt/second"):
        served.fail("part=2 is not the second partition")
    umounted()
    refused(["rump_ext4", "whole.img", "mnt"], 32, "whole.img")


def main():
    served.must_have("rump_fs", "rump_umount")
    served.own_namespace()
    served.make_ext4("disk.img", "32M")
    served.shell("sh", "-c", "mkdir mnt sub && : >file && truncate -s 16M zeros.img && "
                 "head -c 20M disk.img >short.img")
    before = served.shell("sha256sum", "disk.img")
    for options, image, folder, code, sentence in ERRORS:
        refused(["rump_ext4", "-o", options, image, folder], code, sentence)
    for command, code, sentence in CALLS:
        refused(command, code, sentence)
    if served.shell("sha256sum", "disk.img") != before:
        served.fail("a wrong call has changed the image")
    flags_hold()
    pid_file()
    ready_fd()
    snapshot()
    partition()
    if served.ROOT:
        runas()
    served.shell("fsck_clean", "ext4", "disk.img")


if __name__ == "__main__":
    main()
