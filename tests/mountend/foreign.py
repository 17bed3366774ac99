#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Root does not wait without limit for the server of another user: rump_umount says who does not
# answer; with -f it kills the server, and returns when that has ended.
# run-as: root
# needs: mkfs.ext4 setpriv fusermount3
# timeout: 300
import os
import signal
import subprocess
import time

import served

USER = 65534
LIMIT = 60                      # the ten seconds of the manual, on a busy machine


def start():
    subprocess.run(["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups",
                    "rump_ext4", "disk.img", "mnt"], check=True, timeout=served.PATIENCE)
    child = os.fork()
    if not child:               # only the user gets in
        os.setresgid(USER, USER, USER)
        os.setresuid(USER, USER, USER)
        with open("mnt/pids", "w", encoding="ascii") as f:
            print(*served.processes(), file=f)
        with open("mnt/pids", encoding="ascii") as f, open("pids", "w", encoding="ascii") as to:
            to.write(f.read())
        os._exit(0)             # pylint: disable=protected-access
    if os.waitpid(child, 0)[1]:
        served.fail("the user cannot use the mount")
    with open("pids", encoding="ascii") as f:
        return [int(pid) for pid in f.read().split()]


def umount(*options):
    begin = time.monotonic()
    p = subprocess.run(["rump_umount", *options, "mnt"], capture_output=True, text=True,
                       timeout=served.PATIENCE, check=False)
    return p, time.monotonic() - begin


def main():
    served.must_have("rump_ext4", "rump_umount")
    served.own_namespace()
    served.shell("mkimg", "ext4", "disk.img", "32M", "-E", f"root_owner={USER}:{USER}")
    os.makedirs("mnt")
    for name in ("disk.img", "mnt", "."):
        os.chown(name, USER, USER)
    server, monitor = start()
    os.kill(server, signal.SIGSTOP)
    p, seconds = umount()
    if p.returncode != 2 or "does not answer" not in p.stderr or seconds > LIMIT:
        served.fail(f"{seconds:.1f} s, {p.returncode} {p.stderr}")
    p, seconds = umount("-f")
    if p.returncode or "was killed" not in p.stderr or served.mounts():
        served.fail(f"-f: {seconds:.1f} s, {p.returncode} {p.stderr}")
    if os.path.exists(f"/proc/{server}") or os.path.exists(f"/proc/{monitor}/exe"):
        served.fail("-f returns, and the processes are there")
    start()
    p, _ = umount()
    if p.returncode or p.stderr:
        served.fail(f"a server that answers: {p.returncode} {p.stderr}")


if __name__ == "__main__":
    main()
