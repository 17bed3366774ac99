#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# A server in the foreground, as the units run it: the service manager is told READY=1 when the
# mount is usable, not before, and of the right main process; SIGTERM to that ends the mount with
# code 0.
# needs: mkfs.ext4 fusermount3
import os
import signal
import socket
import subprocess
import sys

PROGRAM = os.environ["RUMP_BUILD"] + "/bin/rump_fs"


def main():
    if not os.path.exists(PROGRAM):
        print("there is no rump_fs yet")
        return 77
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        print("/dev/fuse is not there for this user")
        return 77
    os.mkdir("mnt")
    with open("disk.img", "wb") as f:
        f.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", "disk.img"], check=True)
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("notify")
    manager.settimeout(240)
    server = subprocess.Popen([PROGRAM, "-f", "-o", "nosuid,nodev", "disk.img", "mnt"],
                              env=dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify")))
    try:
        said = dict(line.split("=", 1) for line in manager.recv(4096).decode().splitlines())
        assert said["READY"] == "1", said
        assert int(said.get("MAINPID", server.pid)) == server.pid, (said, server.pid)
        assert os.listdir("mnt") == ["lost+found"], os.listdir("mnt")
        server.send_signal(signal.SIGTERM)
        assert server.wait(240) == 0, server.returncode
        assert os.listdir("mnt") == [], "still mounted"
    finally:
        if server.poll() is None:
            server.kill()
            subprocess.run(["fusermount3", "-uz", "mnt"], check=False)
    return 0


sys.exit(main())
