#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# On a host without landlock a server warns, and serves where its type is given, for it cannot open
# files then; where the type would have to be detected it refuses.
# run-as: root
# needs: mkfs.ext4
import ctypes
import os
import platform
import struct
import subprocess
import sys

LANDLOCK = {"x86_64": (444, 446), "aarch64": (444, 446)}[platform.machine()]
PR_SET_SECCOMP, MODE_FILTER = 22, 2
LOAD_NUMBER, JUMP_GE, JUMP_GT, RETURN = 0x20, 0x35, 0x25, 0x06
ALLOW, ENOSYS = 0x7fff0000, 0x00050000 | 38


class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def without_landlock():
    """In the child, as an older host would answer."""
    code = b"".join(struct.pack("HBBI", *line) for line in (
        (LOAD_NUMBER, 0, 0, 0), (JUMP_GE, 0, 2, LANDLOCK[0]), (JUMP_GT, 1, 0, LANDLOCK[1]),
        (RETURN, 0, 0, ENOSYS), (RETURN, 0, 0, ALLOW)))
    program = Program(len(code) // 8, code)
    if ctypes.CDLL(None).prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0):
        os._exit(99)


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def mount(*command, preload=None):
    env = dict(os.environ, INTRUDE_AT="mount", LD_PRELOAD=preload or "")
    return subprocess.run([*command, "disk.img", "mnt"], preexec_fn=without_landlock, env=env,
                          capture_output=True, text=True, timeout=60, check=False)


def main():
    if not os.access("/dev/fuse", os.W_OK):
        print("no /dev/fuse")
        sys.exit(77)
    subprocess.run(["truncate", "-s", "16M", "disk.img"], check=True)
    subprocess.run(["mkfs.ext4", "-q", "disk.img"], check=True)
    os.mkdir("mnt")
    p = mount("rump_fs")
    if p.returncode != 32 or "give the type" not in p.stderr or os.path.ismount("mnt"):
        fail(f"without a type: exit code {p.returncode}: {p.stderr}")
    intruder = os.environ["RUMP_BUILD"] + "/tests/bin/intruder.so"
    for command in (["rump_ext4"], ["rump_fs", "-t", "ext4"]):
        p = mount(*command, preload=intruder)
        if p.returncode or not os.path.ismount("mnt"):
            fail(f"{command}: exit code {p.returncode}: {p.stderr}")
        subprocess.run(["rump_umount", "mnt"], check=True)
        lines = p.stderr.splitlines()
        if "only the filter of system calls" not in lines[0]:
            fail(f"{command}: no warning: {p.stderr}")
        for name in ("open", "openat", "openat2", "creat", "socket"):
            if f"intruder: {name}: refused" not in lines:
                fail(f"{command}: {name} is not refused: {p.stderr}")


main()
