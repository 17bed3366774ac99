#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Servers whose driver computes for ever, with no watchdog, end all the same: by SIGTERM or SIGINT
# to monitor or server after the time of stop=, by rump_umount -f, when the command that mounts is
# killed before the mount is usable; one that is stopped is killed by its monitor.  Nobody hangs,
# the mount goes, the image is free.
# run-as: root-first
# needs: gdb
# timeout: 1200
import fcntl
import os
import signal
import subprocess
import sys
import threading

import circle
import served

ENDLESS = 71
STOP = 2


class Endless(served.Server):
    """A program waits for the answer to a request that does not end."""

    def __init__(self, *options):
        name = circle.affs_at_lookup("affs.img")
        super().__init__("affs", "affs.img", ["watchdog=0", *options])
        self.must_be_ready()
        self.pids = served.processes()
        self.error = None
        self.user = threading.Thread(target=self._look, args=["mnt/" + name], daemon=True)
        self.user.start()
        served.until(lambda: self._computes() > 0.3, served.PATIENCE, "the driver computes")

    def _look(self, path):
        self.error = served.errno_of(os.stat, path)

    def _computes(self):
        with open(f"/proc/{self.pids[0]}/stat", encoding="ascii", errors="replace") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return int(fields[11]) / os.sysconf("SC_CLK_TCK")

    def must_leave_nothing(self):
        self.user.join(served.PATIENCE)
        if self.user.is_alive() or self.error not in (*served.GONE, 2):
            served.fail(f"who waited for the request got {self.error}")
        served.Server("affs", "affs.img").must_be_ready().umount()


def signalled(sig, whom):
    server = Endless(f"stop={STOP}")
    os.kill(server.pids[whom], sig)
    server.end(ENDLESS, "affs.img: the server was told to end")
    server.must_leave_nothing()


def stopped():
    """It cannot end by itself."""
    server = Endless(f"stop={STOP}")
    os.kill(server.pids[0], signal.SIGSTOP)
    os.kill(server.pids[1], signal.SIGTERM)
    server.end(4, "the server does not end: it is killed", "ended by signal 9")
    server.must_leave_nothing()


def forced():
    server = Endless()
    p = subprocess.run(["rump_umount", "-f", "mnt"], capture_output=True, text=True,
                       timeout=served.PATIENCE, check=False)
    if p.returncode or "was killed" not in p.stderr:
        served.fail(f"rump_umount -f: {p.returncode} {p.stderr}")
    left = [pid for pid in server.pids if os.path.exists(f"/proc/{pid}/cwd") and
            pid != server.process.pid]
    if left or server.process.wait(1) != 4:
        served.fail(f"rump_umount -f returns, and {server.pids} are there")
    server.end(4, "ended by signal 9")
    server.must_leave_nothing()


def is_free():
    with open("affs.img", "r+b") as f:
        return not served.errno_of(fcntl.lockf, f, fcntl.LOCK_EX | fcntl.LOCK_NB)


def forced_in_vain():
    """The monitor has gone, so nobody knows the server; it does not say that all is well."""
    server = Endless()
    os.kill(server.pids[1], signal.SIGKILL)
    server.process.wait(served.PATIENCE)
    os.kill(server.pids[0], signal.SIGSTOP)
    p = subprocess.run(["rump_umount", "-f", "mnt"], capture_output=True, text=True,
                       timeout=served.PATIENCE, check=False)
    os.kill(server.pids[0], signal.SIGKILL)
    if p.returncode != 2 or "cannot be found" not in p.stderr:
        served.fail(f"rump_umount -f without a monitor: {p.returncode} {p.stderr}")
    if served.mounts():
        served.leave("mnt", "-l" if served.ROOT else "-z")
    served.until(is_free, served.PATIENCE, "the image is free")
    server.must_leave_nothing()


def who_has_it(image):
    """The processes that have the image open."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if image.encode() in f.read().split(b"\0")[-3:]:
                    found.add(int(pid))
        except OSError:
            pass
    return found


def caller_killed():
    circle.sysv_at_mount("sysv.img")
    caller = subprocess.Popen(["rump_sysv", "-o", "watchdog=0", os.path.abspath("sysv.img"), "mnt"])
    image = os.path.abspath("sysv.img")
    served.until(lambda: len(who_has_it(image)) == 3, served.PATIENCE, "caller, monitor, server")
    caller.send_signal(signal.SIGINT)
    caller.wait(served.PATIENCE)
    served.until(lambda: not who_has_it(image), served.PATIENCE, "the end of all")


def main():
    served.must_have("rump_affs", "rump_sysv", "rump_umount")
    served.own_namespace()
    os.makedirs("mnt", exist_ok=True)
    for sig, whom in ((signal.SIGTERM, 1), (signal.SIGINT, 0)):
        signalled(sig, whom)
    stopped()
    forced()
    forced_in_vain()
    caller_killed()


if __name__ == "__main__":
    sys.exit(main())
