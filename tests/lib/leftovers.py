# SPDX-License-Identifier: GPL-2.0-or-later
"""
What a test may have left behind: processes, mounts, loop devices.

A process belongs to the test whose folder is in its environment (RUMP_TEST_DIR), also after it
became a daemon; a mount or loop device belongs to the test in whose folder it lies.
"""
import ctypes
import glob
import os
import re
import resource
import shutil
import signal
import subprocess
import time

PR_SET_CHILD_SUBREAPER = 36


def become_subreaper():
    """Orphans of a test become our children, so that they can be waited for."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def processes(folder):
    """(pid, command) of the living processes that belong to a test."""
    mark = b"RUMP_TEST_DIR=" + os.fsencode(folder)
    found = []
    for entry in glob.glob("/proc/[0-9]*"):
        try:
            with open(entry + "/environ", "rb") as f:
                if mark not in f.read().split(b"\0"):
                    continue
            with open(entry + "/cmdline", "rb") as f:
                command = f.read().replace(b"\0", b" ").decode(errors="replace").strip()
            with open(entry + "/stat", encoding="ascii", errors="replace") as f:
                if f.read().rpartition(")")[2].split()[0] != "Z":
                    found.append((int(entry[6:]), command))
        except OSError:
            continue
    return [f for f in found if f[0] != os.getpid()]


def kill(folder, sig):
    for pid, _ in processes(folder):
        try:
            os.kill(pid, sig)
        except ProcessLookupError:
            pass


def gdb(*arguments):
    """Its output, or why there is none."""
    if not shutil.which("gdb"):
        return "no gdb, no backtrace\n"
    try:
        out = subprocess.run(["gdb", "-batch", "-nx", "-iex", "set debuginfod enabled off",
                              *arguments], capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return "no backtrace: gdb takes too long\n"
    lines = out.stdout.decode(errors="replace").splitlines()
    return "".join(line + "\n" for line in lines if not line.startswith(("[New LWP", "warning:")))


def allow_cores():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def cores(folder):
    """Backtraces of the programs that crashed, where the host leaves cores in their folder."""
    text = ""
    for path in glob.glob(folder + "/**/core", recursive=True) + \
            glob.glob(folder + "/**/core.[0-9]*", recursive=True):
        if os.path.isfile(path):
            program = subprocess.run(["file", "-b", path], capture_output=True, text=True,
                                     check=False).stdout
            name = re.search(r"execfn: '([^']*)'", program)
            text += f"core of {name[1] if name else 'a program'}:\n" + gdb(
                *([os.path.realpath(shutil.which(name[1]) or name[1])] if name else []),
                "-c", path, "-ex", "bt 25")
    return text


def backtraces(folder):
    """Where the threads of the test's programs are, for those that have the library mapped."""
    text = ""
    for pid, command in processes(folder):
        try:
            with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as f:
                if "librump" not in f.read():
                    continue
        except OSError:
            continue
        text += f"threads of {command}:\n" + gdb("-p", str(pid), "-ex", "thread apply all bt 12")
    return text


def unescape(field):
    return field.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def mounts(folder):
    """Mount points below the folder, the innermost first."""
    with open("/proc/self/mounts", encoding="utf-8", errors="surrogateescape") as f:
        points = [unescape(line.split(" ")[1]) for line in f]
    return sorted((p for p in points if p.startswith(folder + "/")), reverse=True)


def loops(folder):
    found = []
    for path in glob.glob("/sys/block/loop*/loop/backing_file"):
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as f:
                if f.read().startswith(folder + "/"):
                    found.append("/dev/" + path.split("/")[3])
        except OSError:
            continue
    return found


def wait_until_none(find, folder, seconds):
    deadline = time.monotonic() + seconds
    while find(folder) and time.monotonic() < deadline:
        time.sleep(0.02)


def clean(folder):
    """Take away what is left; returns a line for each thing."""
    left = []
    wait_until_none(processes, folder, 1)   # a killed background job may be on its way out
    for pid, command in processes(folder):
        left.append(f"process {pid}: {command}")
    kill(folder, signal.SIGKILL)
    for point in mounts(folder):
        left.append(f"mount {point}")
        subprocess.run(["umount", "-l", point], check=False)
    wait_until_none(loops, folder, 10)      # its last user may be one who looks at all devices
    for device in loops(folder):
        left.append(f"loop device {device}")
        subprocess.run(["losetup", "-d", device], check=False)
    return left
