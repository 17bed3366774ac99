#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# File handles (name_to_handle_at, open_by_handle_at: what a server of NFS works with) lead to the
# file when the host has forgotten it, under a new name too, and never to another one.
# each: ext4 xfs
# each-full: btrfs f2fs
# run-as: root
# needs: mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.f2fs
# timeout: 300
import ctypes
import errno
import os
import sys

import served

FILES = 40 if served.QUICK else 400
AT_FDCWD = -100
libc = ctypes.CDLL(None, use_errno=True)


class Handle(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint), ("type", ctypes.c_int), ("raw", ctypes.c_ubyte * 128)]


def handle_of(path):
    handle, mount = Handle(size=128), ctypes.c_int()
    if libc.name_to_handle_at(AT_FDCWD, os.fsencode(path), ctypes.byref(handle),
                              ctypes.byref(mount), 0):
        served.fail(f"name_to_handle_at {path}: {os.strerror(ctypes.get_errno())}")
    return handle


def opened(handle, flags=os.O_RDONLY):
    """A descriptor, or minus the error."""
    at = os.open("mnt", os.O_RDONLY)
    fd = libc.open_by_handle_at(at, ctypes.byref(handle), flags)
    error = ctypes.get_errno()
    os.close(at)
    return fd if fd >= 0 else -error


def content(handle):
    fd = opened(handle)
    if fd < 0:
        return errno.errorcode[-fd]
    with open(fd, "rb") as f:
        return f.read().decode()


def expect(what, wanted, got):
    if got != wanted:
        served.fail(f"{what}: {got}, not {wanted}")


def forget():
    """The host gives up what it knows of files that nobody has open."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
        f.write("2\n")


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def main():
    fstype = sys.argv[1]
    served.must_have(f"rump_{fstype}")
    served.own_namespace()
    served.shell("mkimg", fstype, "disk.img", "320M")
    server = served.Server(fstype).must_be_ready()
    os.makedirs("mnt/a/b/c")
    handles = {}
    for i in range(FILES):
        write(f"mnt/a/b/f{i}", f"content {i}")
        handles[i] = handle_of(f"mnt/a/b/f{i}")
    directory, other = handle_of("mnt/a/b/c"), handle_of("mnt")
    os.rename("mnt/a/b/f1", "mnt/a/renamed")
    forget()
    for i, handle in handles.items():
        expect(f"file {i}", f"content {i}", content(handle))
    forget()
    os.remove("mnt/a/b/f0")
    for i in range(FILES):      # some may be at the places of those that are gone
        write(f"mnt/a/new{i}", f"another {i}")
    os.rename("mnt/a/new0", "mnt/a/b/f2")
    forget()
    expect("a removed file", "ESTALE", content(handles[0]))
    expect("a replaced file", "ESTALE", content(handles[2]))
    expect("a renamed file", "content 1", content(handles[1]))
    fd = opened(directory, os.O_RDONLY | os.O_DIRECTORY)
    if fd < 0:
        served.fail(f"the directory: {os.strerror(-fd)}")
    write(f"/proc/self/fd/{fd}/inside", "x")
    expect("the directory's place", os.path.realpath("mnt/a/b/c"),
           os.readlink(f"/proc/self/fd/{fd}"))
    expect("what is beside it", True, "renamed" in os.listdir(f"/proc/self/fd/{fd}/../.."))
    os.close(fd)
    fd = opened(other, os.O_RDONLY | os.O_DIRECTORY)
    if fd < 0 or not os.path.samestat(os.fstat(fd), os.stat("mnt")):
        served.fail("the root directory's handle leads elsewhere")
    os.close(fd)
    server.umount()
    expect("written through the handle", "x",
           served.shell("fsu_cat", "disk.img", "/a/b/c/inside"))
    served.shell("fsck_clean", fstype, "disk.img")


if __name__ == "__main__":
    main()
