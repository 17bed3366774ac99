#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A server in the background that panics or is killed says so in the system's log: the panic's
# message, the backtrace, what became of the server.
# needs: mkfs.ext4 unshare mount
"""/dev is a folder of the test's own in a mount namespace, with a /dev/log of its own."""
import os
import select
import signal
import socket
import subprocess
import sys

import served

NODES = ("null", "zero", "urandom", "random", "fuse", "tty")
SETUP = """set -e
mkdir dev
for node in """ + " ".join(NODES) + """; do
	[ ! -e "/dev/$node" ] || { touch "dev/$node"; mount --bind "/dev/$node" "dev/$node"; }
done
ln -s /proc/self/fd dev/fd
mount --rbind dev /dev
"""


def enter():
    """Starts over in the namespace."""
    user = [] if served.ROOT else ["--map-root-user"]
    own = ["unshare", "--mount", *user, "--propagation", "slave"]
    if subprocess.run([*own, "true"], check=False).returncode:
        print("no mount namespace here")
        sys.exit(77)
    os.environ["MOUNTS_INSIDE"] = "1"
    os.execvp("unshare", [*own, sys.executable, os.path.abspath(__file__)])


def listen():
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    log.settimeout(served.PATIENCE)
    return log


def start():
    os.makedirs("mnt", exist_ok=True)
    subprocess.run(["rump_ext4", "disk.img", "mnt"], check=True, timeout=served.PATIENCE,
                   stdin=subprocess.DEVNULL)
    return served.processes()


def must_say(log, *sentences):
    """All of these, in this order, in messages of rump_ext4 that are errors."""
    heard = []
    for sentence in sentences:
        while True:
            try:
                heard.append(log.recv(65536).decode(errors="replace"))
            except TimeoutError:
                served.fail(f"the log does not say '{sentence}', but:\n" + "\n".join(heard))
            if sentence in heard[-1]:
                break
        if " rump_ext4[" not in heard[-1] or not heard[-1].startswith("<27>"):
            served.fail("not an error of rump_ext4, facility daemon: " + heard[-1])


def ends(log, sig, *sentences):
    server, monitor = start()
    end = os.pidfd_open(monitor)
    os.kill(server, sig)
    must_say(log, *sentences)
    served.until(lambda: not served.mounts(), served.PATIENCE, "the mount has gone")
    if not select.select([end], [], [], served.PATIENCE)[0]:
        served.fail("the monitor does not end")
    os.close(end)


def main():
    served.must_have("rump_ext4")
    if "MOUNTS_INSIDE" not in os.environ:
        enter()
    subprocess.run(["sh", "-c", SETUP], check=True)
    log = listen()
    served.make_ext4("disk.img", "32M")
    ends(log, signal.SIGKILL, "the server was ended by signal 9 (Killed)")
    ends(log, signal.SIGSEGV, "panic: Segmentation fault", "rumpuser_panic",
         "the kernel side crashed")


if __name__ == "__main__":
    main()
