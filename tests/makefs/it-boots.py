#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# An ext4 image of a Debian root file system boots under qemu (without KVM) with Debian's own
# kernel, whose shell on the serial line does what it is told; afterwards the file system is clean
# and has what was written.
# needs: qemu-system-x86_64 dpkg-deb apt-get e2fsck
# run-as: self
# timeout: 600
import glob
import os
import re
import selectors
import subprocess
import sys
import time

LIB, BUILD = os.environ["RUMP_TEST_LIB"], os.environ["RUMP_BUILD"]
KERNEL = BUILD + "/tests/debian-kernel"         # kept: the package is of 27 MB
BOOT = 400                                      # seconds, on a machine that is busy
SAYS = "says $((6 * 7)): "
ORDERS = ("mount -t proc proc /proc; mount -t devtmpfs dev /dev; mount -o remount,rw /",
          f'echo "{SAYS}$(cat /etc/debian_version)"',
          'perl -e \'print "perl says ", 6 * 7, "\\n"\'',
          "grep ' / ' /proc/mounts", "cksum /usr/bin/perl",
          "echo written inside >/root/written; sync; mount -o remount,ro / && echo the end")


def skip(why):
    print(why)
    sys.exit(77)


def fail(why):
    sys.exit("FAILED: " + why)


def run(*command, **more):
    out = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if out.returncode:
        fail(f"exit code {out.returncode}: {' '.join(command)}: {out.stdout}{out.stderr}")
    return out.stdout


def kernel():
    """Of the package for virtual machines: what it needs to mount the root is built in."""
    if not glob.glob(KERNEL + "/boot/vmlinuz-*"):
        says = subprocess.run(["apt-cache", "depends", "linux-image-cloud-amd64"],
                              capture_output=True, text=True, check=False).stdout
        name = re.search(r"Depends: (linux-image-\S+)", says)
        if not name or subprocess.run(["apt-get", "-q", "download", name[1]],
                                      check=False).returncode:
            skip("the package linux-image-cloud-amd64 is not to be had")
        package = glob.glob("linux-image-*.deb")[0]
        run("sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x ./boot', "sh", package)
        os.makedirs(KERNEL + "/boot", exist_ok=True)
        for found in glob.glob("boot/vmlinuz-*"):
            run("cp", found, KERNEL + "/" + found + ".new")
            os.rename(KERNEL + "/" + found + ".new", KERNEL + "/" + found)
        os.remove(package)
    return glob.glob(KERNEL + "/boot/vmlinuz-*[0-9a-z]")[0]


class Machine:
    """A virtual machine, and what its serial line said."""

    def __init__(self, vmlinuz, image):
        self.vm = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-m", "512", "-nodefaults", "-display", "none",
             "-serial", "stdio", "-no-reboot", "-kernel", vmlinuz, "-append",
             "console=ttyS0 root=/dev/nvme0n1 rootfstype=ext4 ro init=/bin/sh panic=-1 quiet",
             "-drive", f"file={image},format=raw,if=none,id=disk", "-device",
             "nvme,drive=disk,serial=1"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = ""
        self.look = selectors.DefaultSelector()
        self.look.register(self.vm.stdout, selectors.EVENT_READ)

    def until(self, pattern, what):
        end = time.monotonic() + BOOT
        start = len(self.said)
        while not re.search(pattern, self.said[start:]):
            more = b""
            if self.look.select(max(0, end - time.monotonic())):
                more = os.read(self.vm.stdout.fileno(), 65536)
            if not more:
                self.vm.kill()
                fail(f"{what}: not seen; the serial line said:\n{self.said[-3000:]}")
            self.said += more.decode(errors="replace")
        return self.said[start:]

    def tell(self, order):
        """What the shell answers to it."""
        self.vm.stdin.write(order.encode() + b"\n")
        self.vm.stdin.flush()
        return self.until(r"\n# $", order)

    def leave(self):
        # the end of init is the kernel's, and -no-reboot qemu's
        self.vm.stdin.write(b"exit\n")
        self.vm.stdin.flush()
        try:
            self.vm.communicate(timeout=BOOT)
        except subprocess.TimeoutExpired:
            self.vm.kill()
            fail("the machine does not end")


def main():
    vmlinuz = kernel()
    run(LIB + "/debianroot", "tree")
    run("makefs", "-q", "-Z", "-b", "10%", "image", "tree")
    start = time.monotonic()
    machine = Machine(vmlinuz, "image")
    machine.until(r"(^|\n)# $", "a prompt")
    print(f"a shell after {time.monotonic() - start:.0f} s")
    answers = "".join(machine.tell(order) for order in ORDERS)
    machine.leave()
    with open("tree/etc/debian_version", encoding="ascii") as f:
        version = f.read().strip()
    checksum = run("cksum", "tree/usr/bin/perl").split()[0]
    for text in (f"says 42: {version}", "perl says 42", " / ext4 rw", checksum + " ", "\nthe end"):
        if text not in answers:
            fail(f"{text!r} is not among the answers: {answers}")
    run("e2fsck", "-fn", "image")
    if run("fsu_cat", "image", "/root/written") != "written inside\n":
        fail("what was written is not in the image")


main()
