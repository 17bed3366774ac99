# SPDX-License-Identifier: GPL-2.0-or-later
"""An image mounted by its server."""
import fcntl
import os
import select
import shutil
import signal
import struct
import subprocess
import sys

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
        self.server, self.monitor = self._processes()

    @staticmethod
    def _processes():
        fd = os.open(DIR, os.O_RDONLY | os.O_DIRECTORY)
        try:
            said = fcntl.ioctl(fd, RUMP_IOC_SERVER, bytes(32))
        finally:
            os.close(fd)
        return [os.pidfd_open(pid) for pid in struct.unpack_from("=ii", said)]

    def wait(self, seconds):
        """For the monitor's end, which comes when the mount has gone and the image is closed."""
        ended = select.select([self.monitor], [], [], seconds)[0]
        os.close(self.server)
        os.close(self.monitor)
        if not ended or mounted():
            raise TimeoutError(f"the mount has not gone after {seconds} s")

    @staticmethod
    def leave():
        """The mount goes; its server may have work left."""
        command = ["umount"] if os.geteuid() == 0 else ["fusermount3", "-u"]
        subprocess.run([*command, DIR], check=True, timeout=60)

    def umount(self):
        self.leave()
        self.wait(60)

    def kill(self):
        """The server ends, and its mount with it."""
        signal.pidfd_send_signal(self.server, signal.SIGKILL)
        self.wait(5)
