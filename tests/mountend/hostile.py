#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Damaged images: bits of a good one are turned over, and it is mounted, walked, read and written.
# It is refused with a sentence, or works, or its server ends; the machine goes on, nothing hangs,
# nothing is left, the memory stays limited.
# each: ext4 vfat squashfs
# each-full: xfs btrfs exfat iso9660 erofs
# run-as: self
# needs: gdb
# timeout: 1800
"""The images are the same in each run: SEED=N in the environment begins with the Nth."""
import os
import random
import select
import signal
import subprocess
import sys

import served

IMAGES = 8 if served.QUICK else 100
SIZES = {"ext4": "16M", "xfs": "300M", "btrfs": "128M", "vfat": "16M", "exfat": "16M"}
TOOLS = {"iso9660": "xorriso", "squashfs": "mksquashfs", "erofs": "mkfs.erofs"}
MEMORY = "64M"
MOST_KIB = 512 << 10    # of the server: its kernel side's 64 MiB, libraries, stacks
WALK = """
import os, sys
done = failed = 0
def count(call, *args):
    global done, failed
    try:
        done += 1
        return call(*args)
    except OSError:
        failed += 1
def read(path):
    with open(path, "rb", buffering=0) as f:
        while f.read(1 << 20) and f.tell() < 64 << 20:
            pass
left = ["mnt"]
while left and done < 20000:
    folder = left.pop()
    for entry in count(lambda: list(os.scandir(folder))) or []:
        st = count(os.lstat, entry.path)
        count(lambda: os.listxattr(entry.path, follow_symlinks=False))
        if st and st.st_mode >> 12 == 4 and entry.path.count("/") < 40:
            left.append(entry.path)
        elif st and st.st_mode >> 12 == 8:
            count(read, entry.path)
        elif st and st.st_mode >> 12 == 10:
            count(os.readlink, entry.path)
count(os.statvfs, "mnt")
def write():
    with open("mnt/written", "wb") as f:
        f.write(bytes(300000))
        f.flush()
        os.fsync(f.fileno())
    os.mkdir("mnt/made")
    os.rename("mnt/written", "mnt/made/written")
    os.unlink("mnt/made/written")
count(write)
print(done, failed)
"""


def make_tree():
    os.makedirs("tree/one/two/three")
    os.makedirs("tree/many")
    for number in range(150):
        with open(f"tree/many/file with a long name {number}", "wb") as f:
            f.write(os.urandom(number * 20))
    for name, size in (("small", 10), ("middle", 50000), ("large", 2000000)):
        with open(f"tree/one/two/{name}", "wb") as f:
            f.write(os.urandom(size // 2) + bytes(size // 2))


def add_unix_things():
    os.symlink("two/small", "tree/one/link")
    os.link("tree/one/two/small", "tree/one/hard")
    os.setxattr("tree/one/two/middle", "user.test", b"value" * 30)


def good_image(fstype):
    make_tree()
    if fstype not in ("vfat", "exfat"):
        add_unix_things()
    if fstype in SIZES:
        # without checksums, which would find most of the damage before it does harm
        options = ["-O", "^metadata_csum"] if fstype == "ext4" else []
        served.shell("mkimg", fstype, "good.img", SIZES[fstype], *options)
        served.shell("fsu_put", "good.img", "tree", "/tree")
    elif fstype == "iso9660":
        served.shell("xorriso", "-as", "mkisofs", "-R", "-J", "-o", "good.img", "tree")
    elif fstype == "squashfs":
        served.shell("mksquashfs", "tree", "good.img", "-quiet", "-no-progress")
    else:
        served.shell("mkfs.erofs", "-zlz4", "good.img", "tree")


def blocks_with_data():
    """Offsets of 512 bytes each that are not all zeros: damage to the rest is damage to nothing."""
    found = []
    with open("good.img", "rb") as f:
        size, at = os.path.getsize("good.img"), 0
        while at < size:
            try:
                at = os.lseek(f.fileno(), at, os.SEEK_DATA) & ~511
            except OSError:
                break
            end = os.lseek(f.fileno(), at, os.SEEK_HOLE)
            f.seek(at)
            while at < end:
                if any(f.read(512)):
                    found.append(at)
                at += 512
    return found


def damage(rng, blocks):
    """More of it at the beginning, where the superblock and the roots are."""
    subprocess.run(["cp", "--sparse=always", "good.img", "bad.img"], check=True)
    head = blocks[:max(8, len(blocks) // 50)]
    with open("bad.img", "r+b") as f:
        for _ in range(rng.choice((1, 3, 10, 100, 1000))):
            at = rng.choice(head if rng.random() < 0.5 else blocks) + rng.randrange(512)
            f.seek(at)
            old = f.read(1)[0]
            f.seek(at)
            new = rng.choice((old ^ 1 << rng.randrange(8), 0, 255, rng.randrange(256)))
            f.write(bytes([new]))


def peak(server):
    """KiB that the server has taken at most, or None: it has ended."""
    for pid in server.children():
        try:
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
                return max([int(line.split()[1]) for line in f if line.startswith("VmHWM")] or [0])
        except OSError:
            pass
    return None


def walk(server, problems):
    """False: it hangs; the picture is in the problems."""
    walker = subprocess.Popen([sys.executable, "-c", WALK], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    end = os.pidfd_open(walker.pid)
    hangs = not select.select([end], [], [], served.PATIENCE)[0]
    os.close(end)
    if hangs:
        problems.append("walking does not end\n" + picture(server))
        end_by_force(server)
        walker.kill()
    walker.communicate(timeout=served.PATIENCE)
    return not hangs


def picture(server):
    return "".join(subprocess.run(
        ["gdb", "-p", str(pid), "-batch", "-nx", "-iex", "set debuginfod enabled off", "-ex",
         "thread apply all bt 16"], capture_output=True, text=True, timeout=120,
        check=False).stdout for pid in server.children())


def end_by_force(server):
    for pid in server.children():
        os.kill(pid, signal.SIGKILL)


def leave(server, problems):
    p = served.leave()
    if p.returncode and served.mounts():
        problems.append("umount: " + p.stderr)
        end_by_force(server)
    try:
        return server.process.wait(served.PATIENCE)
    except subprocess.TimeoutExpired:
        problems.append("unmounting does not end\n" + picture(server))
        end_by_force(server)
        return server.process.wait(served.PATIENCE)


def kernels_words(server):
    """Where it crashed: the message, and the first functions of the backtrace."""
    said = [line for line in server.said if "panic" in line or " #" in line or "ended by" in line]
    return "; ".join(line.strip() for line in said[:9])


def judge(fstype, problems):
    """What became of the image: refused, works, crashed."""
    server = served.Server(fstype, "bad.img", [f"mem={MEMORY}"])
    if not server.ready:
        code = server.wait()
        crashed = code == 4
        if code not in (4, 32) or not server.said or not (crashed or len(server.said) == 1):
            problems.append(f"refused with {code}:\n{server.text}")
        return "crashed: " + kernels_words(server) if crashed else "refused"
    walk(server, problems)
    most = peak(server)
    code = leave(server, problems)
    server.reader.join(served.PATIENCE)
    if most and most > MOST_KIB:
        problems.append(f"the server took {most} KiB")
    if code not in (0, 2, 4) or served.mounts():
        problems.append(f"exit code {code}, mounts {served.mounts()}:\n{server.text}")
    if code == 4:
        return "crashed: " + kernels_words(server)
    return "works" if not code else "unmounted with errors"


def main():
    fstype = sys.argv[1]
    served.must_have(f"rump_{fstype}", *(tool for t, tool in TOOLS.items() if t == fstype))
    served.own_namespace()
    served.shell("need_tools", fstype)
    seed = int(os.environ["SEED"] or 1)
    good_image(fstype)
    blocks, fates, bad = blocks_with_data(), {}, 0
    log = served.HostLog()
    for number in range(seed, seed + IMAGES):
        problems = []
        damage(random.Random(f"{fstype} {number}"), blocks)
        fate = judge(fstype, problems)
        if fate.startswith("crashed"):
            print(f"seed {number}: {fate}")
            fate = "crashed"
        fates[fate] = fates.get(fate, 0) + 1
        for problem in problems:
            print(f"seed {number}: {problem}")
            bad += 1
    print(f"{IMAGES} images: {fates}")
    log.must_be_silent("fuse", "blocked for more")
    if bad:
        served.fail(f"{bad} problems; SEED=N begins with one")


if __name__ == "__main__":
    main()
