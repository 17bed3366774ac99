# SPDX-License-Identifier: GPL-2.0-or-later
"""An image mounted by its server."""
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import sys
import time

RUMP_IOC_SERVER = 0x80205201    # _IOR('R', 1, struct rump_server), see rump/p2k.h
DIR = "mnt"


def skip_without(*programs):
    for program in programs:
        if not shutil.which(program):
            print(f"not there: {program}")
            sys.exit(77)
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("/dev/fuse cannot be opened")
        sys.exit(77)


def mounted():
    path = os.path.abspath(DIR)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as f:
        return any(line.split()[4] == path for line in f)


class Mount:
    """With the server's environment: a recorder may be in it."""

    def __init__(self, fstype, image, env=None):
        os.makedirs(DIR, exist_ok=True)
        subprocess.run([f"rump_{fstype}", "-o", "method=sync", image, DIR], env=env, check=True,
                       timeout=60)

    @staticmethod
    def umount():
        subprocess.run(["rump_umount", DIR], check=True, timeout=60)

    @staticmethod
    def server():
        fd = os.open(DIR, os.O_RDONLY | os.O_DIRECTORY)
        try:
            said = fcntl.ioctl(fd, RUMP_IOC_SERVER, bytes(32))
        finally:
            os.close(fd)
        return struct.unpack_from("=i", said)[0]

    def kill(self):
        """The server is gone, and so is the mount."""
        pid = self.server()
        pidfd = os.pidfd_open(pid)
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)
        end = time.monotonic() + 5
        while mounted():
            if time.monotonic() > end:
                raise TimeoutError("the mount did not go away with its server")
            time.sleep(0.01)
