#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Archives and manifests say who owns a file, whoever runs makefs: owners, devices, links,
# attributes and ACLs of a tar archive on standard input, names by -N, an mtree manifest over a
# directory, and what is damaged makes no image.
# needs: mkfs.ext4 e2fsck
# run-as: both
import io
import os
import subprocess
import sys
import tarfile

failures = []


def run(*command, data=None, code=0):
    out = subprocess.run(command, input=data, capture_output=True, check=False)
    if out.returncode != code:
        failures.append(f"{' '.join(command)}: exit code {out.returncode}, not {code}: "
                        f"{out.stderr.decode(errors='replace')[:400]}")
    return out.stdout.decode(errors="replace"), out.stderr.decode(errors="replace")


def expect(what, got, wanted):
    if got != wanted:
        failures.append(f"{what}: {got!r}, not {wanted!r}")


def entry(tar, name, kind=tarfile.REGTYPE, data=b"", **attrs):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.mtime, info.mode = kind, len(data), 1600000000, 0o644
    for key, value in attrs.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


def archive():
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode="w", format=tarfile.PAX_FORMAT) as tar:
        entry(tar, "./dir", tarfile.DIRTYPE, mode=0o2750, uid=1234, gid=99)
        entry(tar, "./dir/file", data=b"x" * 100000, uid=70000, gid=5, mode=0o4755,
              uname="box", gname="boxes")
        entry(tar, "./dir/hard", tarfile.LNKTYPE, linkname="./dir/file")
        entry(tar, "dir/soft", tarfile.SYMTYPE, linkname="file", uid=7)
        entry(tar, "dev/null", tarfile.CHRTYPE, mode=0o666, devmajor=1, devminor=3)
        entry(tar, "attr", data=b"a", pax_headers={
            "SCHILY.xattr.user.colour": "blue",
            "SCHILY.acl.access": "user::rw-,user:4321:r--,group::r--,mask::r--,other::---"})
        entry(tar, "replaced", data=b"old")
        entry(tar, "replaced", data=b"new")
    return f.getvalue()


def stat(image, path):
    return run("fsu_stat", "-c", "%F %a %u:%g %h %s %Y %t,%T", image, path)[0].strip()


def check_tar(data):
    run("makefs", "-Z", "image", "-", data=data)
    run("e2fsck", "-fn", "image")
    expect("dir", stat("image", "/dir"), "directory 2750 1234:99 2 4096 1600000000 0,0")
    expect("file", stat("image", "/dir/file"), "regular file 4755 70000:5 2 100000 1600000000 0,0")
    expect("null", stat("image", "/dev/null"),
           "character special file 666 0:0 1 0 1600000000 1,3")
    expect("soft", stat("image", "/dir/soft").split()[3], "7:0")
    expect("content", run("fsu_cat", "image", "/dir/hard")[0], "x" * 100000)
    expect("replaced", run("fsu_cat", "image", "/replaced")[0], "new")
    run("fsu_get", "--no-owner", "image", "/attr", "attr")
    expect("xattr", os.getxattr("attr", "user.colour"), b"blue")
    acl = os.getxattr("attr", "system.posix_acl_access")
    expect("ACL", (len(acl), b"\x02\x00\x04\x00\xe1\x10\x00\x00" in acl), (4 + 5 * 8, True))


def check_names(data):
    os.mkdir("etc")
    with open("etc/passwd", "w", encoding="utf-8") as f:
        f.write("root:x:0:0::/:\nbox:x:555:1::/:\n")
    with open("etc/group", "w", encoding="utf-8") as f:
        f.write("root:x:0:\nboxes:x:666:\n")
    run("makefs", "-Z", "-N", "etc", "image", "-", data=data)
    expect("-N", stat("image", "/dir/file").split()[3], "555:666")


def check_manifest():
    os.makedirs("tree/bin")
    for name, text in (("tree/bin/tool", "tool\n"), ("tree/other", "other\n"),
                       ("extra", "extra\n")):
        with open(name, "w", encoding="utf-8") as f:
            f.write(text)
    with open("manifest", "w", encoding="utf-8") as f:
        f.write("#mtree\n"
                "./bin/tool type=file uid=12 gid=13 mode=4711 time=1500000000.0\n"
                "./dev type=dir uid=0 gid=0 mode=755\n"
                "./dev/console type=char device=native,5,1 uid=0 gid=5 mode=620\n"
                "./link type=link link=bin/tool uid=3 gid=3\n"
                "./new type=file uid=9 gid=9 mode=600 contents=../extra\n"
                "./mail type=dir uname=box gname=boxes mode=2775\n")
    run("makefs", "-Z", "-N", "etc", "-F", "manifest", "image", "tree")
    expect("manifest", stat("image", "/bin/tool").split()[:6],
           ["regular", "file", "4711", "12:13", "1", "5"])
    expect("its content", run("fsu_cat", "image", "/bin/tool")[0], "tool\n")
    expect("its device", stat("image", "/dev/console")[-3:], "5,1")
    expect("its link", stat("image", "/link").split()[:4], ["symbolic", "link", "777", "3:3"])
    expect("contents=", run("fsu_cat", "image", "/new")[0], "extra\n")
    expect("uname=", stat("image", "/mail").split()[1:3], ["2775", "555:666"])
    expect("not in it", run("fsu_cat", "image", "/other")[0], "other\n")
    with open("manifest", "a", encoding="utf-8") as f:
        f.write("./nothing type=file uid=0 gid=0 mode=644\n")
    expect("no content", "contents=" in run("makefs", "-Z", "-N", "etc", "-F", "manifest", "image",
                                            "tree", code=3)[1], True)


def check_damage(data):
    os.unlink("image")
    run("makefs", "-Z", "image", "-", data=data[:len(data) // 2 + 300], code=1)
    expect("an image of half an archive", os.path.exists("image"), False)
    run("makefs", "-Z", "image", "-", data=b"no archive at all" * 100, code=1)
    escaping = io.BytesIO()
    with tarfile.open(fileobj=escaping, mode="w") as tar:
        entry(tar, "ok", data=b"1")
        entry(tar, "../out", data=b"2")
    said = run("makefs", "-Z", "image", "-", data=escaping.getvalue(), code=3)[1]
    expect("a name that leads out", "../out" in said, True)


def main():
    data = archive()
    check_tar(data)
    check_names(data)
    check_manifest()
    check_damage(data)
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


sys.exit(main())
