# SPDX-License-Identifier: GPL-2.0-or-later
"""A mount whose server stays in the foreground: its exit code and its sentences can be seen."""
import contextlib
import errno
import os
import select
import subprocess
import sys
import threading
import time

from mounts import leave, mounts, must_have, own_namespace, processes  # noqa: F401

GONE = (errno.EIO, errno.ENOTCONN, errno.ECONNABORTED)
QUICK = bool(os.environ["RUMP_TEST_QUICK"])
ROOT = os.geteuid() == 0
PATIENCE = 240                  # seconds after which something hangs, on a busy machine too


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def shell(*command):
    """Functions of tests/lib/common.sh, or programs, which must succeed; what they print."""
    p = subprocess.run(["bash", "-c", '. "$RUMP_TEST_LIB/common.sh"; "$@"', "bash", *command],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                       timeout=PATIENCE, check=False)
    if p.returncode == 77:
        print(p.stdout.strip())
        sys.exit(77)
    if p.returncode:
        fail(f"{' '.join(command)}: exit code {p.returncode}\n{p.stdout}")
    return p.stdout


def make_ext4(image, size, *options):
    """Its root directory is the user's."""
    shell("mkimg", "ext4", image, size, "-E", f"root_owner={os.getuid()}:{os.getgid()}", *options)


def make_damaged_ext4(image, size, *options):
    """The block of /dir is not one of a directory."""
    make_ext4(image, size, "-b", "1024", *options)
    os.makedirs("tree/dir", exist_ok=True)
    shell("fsu_put", image, "tree/dir", "/dir")
    block = int(shell("debugfs", "-R", "blocks /dir", image).split()[-1])
    with open(image, "r+b") as f:
        f.seek(block * 1024)
        f.write(b"\xff" * 200)


def until(condition, seconds, what):
    """How long it took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            fail(f"{what}: not within {seconds} s")
        time.sleep(0.005)
    return time.monotonic() - begin


def errno_of(call, *args):
    """The error that the call fails with, or 0."""
    try:
        call(*args)
    except OSError as e:
        return e.errno
    return 0


class Server:
    """`-f -o OPTIONS IMAGE mnt`; `said` has the lines of its standard error up to now."""

    def __init__(self, fstype, image="disk.img", options=(), folder="mnt"):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.said = folder, []
        ready, theirs = os.pipe()
        self.process = subprocess.Popen(
            [f"rump_{fstype}", "-f", "-o", ",".join([*options, f"ready-fd={theirs}"]), image,
             folder], pass_fds=[theirs], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace")
        os.close(theirs)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not select.select([ready], [], [], PATIENCE)[0]:
            self.hangs("is not ready")
        self.ready = os.read(ready, 1) == b"\n"
        os.close(ready)

    def _read(self):
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))

    @property
    def text(self):
        return "".join(f"    {line}\n" for line in self.said)

    def must_be_ready(self):
        if not self.ready:
            fail(f"not mounted, exit code {self.wait()}\n{self.text}")
        return self

    def wait(self, seconds=PATIENCE):
        """The exit code, when server and monitor have ended."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.hangs("does not end")
        self.reader.join(PATIENCE)
        return code

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children",
                  encoding="ascii") as f:
            return [int(pid) for pid in f.read().split()]

    def hangs(self, what):
        """A failure with the picture of the server's threads."""
        for pid in self.children():
            print(subprocess.run(["gdb", "-p", str(pid), "-batch", "-nx", "-ex",
                                  "thread apply all bt 14"], capture_output=True, text=True,
                                 timeout=120, check=False).stdout)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        fail(f"the server {what}\n{self.text}")

    def end(self, code, *sentences):
        """It ends by itself now, with this exit code; it has said all of these."""
        got = self.wait()
        if got != code:
            fail(f"exit code {got}, not {code}; it said:\n{self.text}")
        for sentence in sentences:
            if not any(sentence in line for line in self.said):
                fail(f"nothing is said of '{sentence}', but:\n{self.text}")
        if mounts(self.folder):
            fail("the mount is left: " + mounts(self.folder)[0])

    def umount(self, code=0, *sentences):
        p = leave(self.folder)
        if p.returncode:
            fail("unmounting: " + p.stderr)
        self.end(code, *sentences)


class HostLog:
    """What the host's kernel says from now on."""

    def __init__(self):
        self.fd = -1
        with contextlib.suppress(OSError):
            self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
            os.lseek(self.fd, 0, os.SEEK_END)

    def lines(self):
        found = []
        while self.fd >= 0:
            try:
                found.append(os.read(self.fd, 8192).decode(errors="replace"))
            except BlockingIOError:
                return found
            except BrokenPipeError:
                continue
        return found

    def must_be_silent(self, *words):
        bad = [line for line in self.lines() if any(w in line.lower() for w in words)]
        if bad:
            fail("the host's kernel says:\n" + "".join(bad))
