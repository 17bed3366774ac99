# SPDX-License-Identifier: GPL-2.0-or-later
"""What measurements share: running things in the build tree, images, the host kernel's mount."""
import glob
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.geteuid() == 0
TYPES = ("ext4", "xfs", "btrfs")
MKFS = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"],
        "btrfs": ["mkfs.btrfs", "-q", "-f"]}


class Runner:
    def __init__(self, args):
        self.args = args
        self.build = os.path.join(TOP, args.build)
        self.tool = f"{self.build}/bench/rumpbench"
        self.env = dict(os.environ, LC_ALL="C.UTF-8", LD_LIBRARY_PATH=f"{self.build}/lib",
                        PATH=f"{self.build}/bin:" + os.environ["PATH"] + ":/usr/sbin:/sbin")
        self.rows = []

    def sh(self, *command, **env):
        out = subprocess.run(command, capture_output=True, text=True, check=False,
                             env=dict(self.env, **env))
        if out.returncode:
            sys.exit(f"bench/run: {' '.join(command)}: {out.stderr.strip()}")
        return out.stdout

    def measure(self, *command, **env):
        """The "NAME VALUE" lines of one measurement."""
        words = [line.split() for line in self.sh(self.tool, *command, **env).splitlines()]
        return {w[0]: float(w[1]) for w in words}

    def image(self, path, kind, size):
        if os.path.exists(path):
            os.unlink(path)
        self.sh("truncate", "-s", size, path)
        self.sh(*MKFS[kind], path)

    def loop(self):
        """A loop device that is free at the moment (no other is expected to take it)."""
        return self.sh("losetup", "-f").strip()


class HostMount:
    """The image, mounted by the host's kernel on m."""

    def __init__(self, b, image):
        self.b, self.image = b, image

    def __enter__(self):
        os.makedirs("m", exist_ok=True)
        self.dev = self.b.sh("losetup", "-f", "--show", self.image).strip()
        self.b.sh("mount", self.dev, "m")
        return "m"

    def __exit__(self, *exc):
        self.b.sh("umount", "m")
        self.b.sh("losetup", "-d", self.dev)


def source_tree(b):
    """15,000 files of the kernel's source."""
    kernel = sorted(glob.glob(f"{b.build}/linux-*/linux-source-*"))[-1]
    names = subprocess.run(["find", "Documentation", "include", "fs", "-type", "f"], cwd=kernel,
                           capture_output=True, text=True, check=True).stdout.splitlines()[:15000]
    os.makedirs("tree", exist_ok=True)
    subprocess.run(["cpio", "-pdm", "--quiet", os.path.abspath("tree")], cwd=kernel, text=True,
                   input="\n".join(names) + "\n", check=True)
    return len(names)
