#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A signal that is sent to fsu_exec reaches the program, once; Ctrl-C on a terminal too; what the
# program writes in answer is on the image.  fsu_exec killed: its mount ends and the image is free.
# timeout: 600
# needs: mkfs.ext4 unshare
import os
import pty
import signal
import subprocess
import sys
import time

IMAGE = "disk.img"
PATIENCE = 240          # seconds after which something hangs
# counts signals until there is none for half a second after the first
PROGRAM = r"""
import signal, sys, time
seen = []
for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(s, lambda n, _: seen.append(n))
open("ready", "w").close()
while not seen:
    time.sleep(0.05)
time.sleep(0.5)
open("/mnt/seen", "w").write(repr([int(s) for s in seen]))
sys.exit(len(seen))
"""
COMMAND = ["fsu_exec", IMAGE, "-w", "--", sys.executable, "-c", PROGRAM]


def on_image():
    return subprocess.run(["fsu_cat", IMAGE, "/seen"], check=True, capture_output=True,
                          text=True).stdout


def wait_ready():
    limit = time.monotonic() + PATIENCE
    while not os.path.exists("ready"):
        assert time.monotonic() < limit, "the program did not start"
        time.sleep(0.05)
    os.unlink("ready")


def sent(sig):
    proc = subprocess.Popen(COMMAND)
    wait_ready()
    proc.send_signal(sig)
    code = proc.wait(PATIENCE)
    assert (code, on_image()) == (1, f"[{int(sig)}]"), (sig, code, on_image())


def typed():
    pid, fd = pty.fork()
    if not pid:
        os.execvp(COMMAND[0], COMMAND)
    wait_ready()
    os.write(fd, b"\x03")
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(fd)
    assert (code, on_image()) == (1, "[2]"), (code, on_image())


def killed():
    proc = subprocess.Popen([*COMMAND[:4], "sh", "-c", "echo $$ >pid; : >ready; exec sleep 6000"])
    wait_ready()
    proc.kill()
    proc.wait()
    limit = time.monotonic() + PATIENCE
    while subprocess.run(["fsu_exec", IMAGE, "-w", "--", "true"], capture_output=True,
                         check=False).returncode:
        assert time.monotonic() < limit, "the image is in use without fsu_exec"
        time.sleep(0.1)
    with open("pid", encoding="ascii") as f:
        os.kill(int(f.read()), signal.SIGKILL)


def main():
    if not os.path.exists("/dev/fuse"):
        print("there is no /dev/fuse")
        return 77
    if os.getuid() and subprocess.run(["unshare", "--user", "true"], check=False).returncode:
        print("ordinary users may not make user namespaces here")
        return 77
    with open(IMAGE, "wb") as f:
        f.truncate(64 << 20)
    owner = f"root_owner={os.getuid()}:{os.getgid()}"
    subprocess.run(["mkfs.ext4", "-q", "-F", "-E", owner, IMAGE], check=True)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        sent(sig)
    typed()
    killed()
    subprocess.run(["e2fsck", "-fn", IMAGE], check=True, capture_output=True)
    return 0


sys.exit(main())
