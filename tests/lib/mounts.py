# SPDX-License-Identifier: GPL-2.0-or-later
"""Mounts by rump_TYPE: whether there can be any, which there are, who serves them."""
import fcntl
import os
import shutil
import struct
import subprocess
import sys

RUMP_IOC_SERVER = 0x80205201    # _IOR('R', 1, struct rump_server), see rump/p2k.h


def must_have(*programs):
    """The test is skipped without these and FUSE."""
    for program in programs:
        if not shutil.which(program):
            print(f"not there: {program}")
            sys.exit(77)
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("/dev/fuse cannot be opened")
        sys.exit(77)


def own_namespace():
    """Root's tests start over where nobody else sees their mounts, or copies them: that keeps a
    server busy after an unmount."""
    if os.geteuid() == 0 and "MOUNTS_INSIDE" not in os.environ:
        os.environ["MOUNTS_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "slave", sys.executable,
                              os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def mounts(folder="mnt"):
    """The mounts on the folder: lines of mountinfo."""
    path = os.path.abspath(folder)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as f:
        return [line for line in f if line.split()[4] == path]


def processes(folder="mnt"):
    """Process ids of server and monitor."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return struct.unpack_from("=ii", fcntl.ioctl(fd, RUMP_IOC_SERVER, bytes(32)))
    finally:
        os.close(fd)


def leave(folder="mnt", *options):
    """The way every system has: it does not wait for the server."""
    command = ["umount", "-i"] if os.geteuid() == 0 else ["fusermount3", "-u"]
    return subprocess.run([*command, *options, folder], capture_output=True, text=True,
                          timeout=240, check=False)
