# SPDX-License-Identifier: GPL-2.0-or-later
"""An image mounted by its server."""
import os
import select
import signal
import subprocess

import mounts

DIR = "mnt"
PATIENCE = 240          # seconds after which something hangs


class Mount:
    """With the server's environment: a recorder may be in it."""

    def __init__(self, fstype, image, env=None, method="async"):
        os.makedirs(DIR, exist_ok=True)
        subprocess.run([f"rump_{fstype}", "-o", f"method={method}", image, DIR], env=env,
                       check=True, timeout=PATIENCE)
        self.server, self.monitor = [os.pidfd_open(pid) for pid in mounts.processes(DIR)]

    def wait(self, seconds):
        """For the monitor's end, which comes when the mount has gone and the image is closed."""
        ended = select.select([self.monitor], [], [], seconds)[0]
        os.close(self.server)
        os.close(self.monitor)
        if not ended or mounts.mounts(DIR):
            raise TimeoutError(f"the mount has not gone after {seconds} s")

    @staticmethod
    def leave():
        """The mount goes; its server may have work left."""
        left = mounts.leave(DIR)
        if left.returncode:
            raise OSError(f"unmounting: {left.stderr}")

    def umount(self):
        self.leave()
        self.wait(PATIENCE)

    def kill(self):
        """The server ends, and its mount with it."""
        signal.pidfd_send_signal(self.server, signal.SIGKILL)
        self.wait(PATIENCE)
