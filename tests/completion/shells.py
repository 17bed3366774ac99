#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The completion of bash and zsh, as one who types sees it: each shell runs in a terminal, gets the
# beginning of a line and a tab, and then holds the completed line.
# run-as: self
# needs: bash zsh
import os
import pty
import select
import sys
import time

COMPLETION = os.environ["RUMP_BUILD"] + "/completion"
BASH = "/usr/share/bash-completion/bash_completion"

# What is typed, and what it becomes.  (shells, typed, line)
CASES = [
    ("bz", "fsu mkd", "fsu mkdir "),
    ("bz", "fsu_ls --group-d", "fsu_ls --group-directories-first "),
    ("bz", "fsu_ls --sort=ver", "fsu_ls --sort=version "),
    ("bz", "fsu ls --sort=ver", "fsu ls --sort=version "),
    ("bz", "fsu_get --no-o", "fsu_get --no-owner "),
    ("bz", "fsu_cat --method=mm", "fsu_cat --method=mmap "),
    ("bz", "fsu_get -t squ", "fsu_get -t squashfs "),
    ("bz", "fsu_cat dis", "fsu_cat disk.img "),
    ("bz", "rump_umount --vers", "rump_umount --version "),
    ("bz", "makefs --stri", "makefs --strict "),
    ("bz", "makefs -p gp", "makefs -p gpt "),
    ("bz", "makefs -t squ", "makefs -t squashfs "),
]
SERVER_CASES = [
    ("b", "rump_ext4 -o noall", "rump_ext4 -o noallow_other"),
    ("z", "rump_ext4 -o noall", "rump_ext4 -o noallow_other"),
    ("bz", "rump_ext4 -o ro,nolo", "rump_ext4 -o ro,nolock"),
    ("bz", "rump_fs -o ro,method=asy", "rump_fs -o ro,method=async"),
    ("bz", "rump_fs dis", "rump_fs disk.img "),
    ("bz", "rump_fs disk.img fol", "rump_fs disk.img folder/"),
]


def same(line, expected):
    """A list of mount options may go on: the shells add a space, a comma or nothing."""
    return line is not None and line.rstrip(" ,") == expected.rstrip()


class Shell:
    """A shell in a terminal."""
    def __init__(self, argv, setup):
        self.name = argv[0]
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", HOME=os.getcwd(), COLUMNS="200")
            os.execvp(argv[0], argv)
        for line in setup:
            self.send(line + "\n")
        self.send("echo rea''dy\n")
        self.read_until("ready\r")
        self.read(0.3)

    def send(self, text):
        os.write(self.fd, text.encode())

    def read(self, quiet):
        """All output until nothing comes for `quiet` seconds."""
        out = b""
        while select.select([self.fd], [], [], quiet)[0]:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            if not data:
                break
            out += data
        return out.decode("utf-8", "replace")

    def read_until(self, text, limit=240):
        out, end = "", time.monotonic() + limit
        while text not in out:
            if time.monotonic() > end:
                raise TimeoutError(f"no {text!r} in {out!r}")
            out += self.read(0.05)
        return out

    def complete(self, typed, expected):
        """The line after a tab: the shell writes its own buffer into a file, on ctrl-x p."""
        if os.path.exists("line"):
            os.unlink("line")
        self.send(typed + "\t")
        end = time.monotonic() + 240
        line = None
        while not same(line, expected) and time.monotonic() < end:
            self.read(0.2)
            self.send("\x18p")
            self.read(0.1)
            if os.path.exists("line"):
                line = open("line", encoding="utf-8").read()
        self.send("\x15")       # ctrl-u: empty the line
        self.read(0.05)
        return line


def bash():
    return Shell(["bash", "--norc", "-i"], [
        f". {BASH}", f". {COMPLETION}/bash/fsu",
        "bind -x '\"\\C-xp\": printf %s \"$READLINE_LINE\" >line'"])


def zsh():
    return Shell(["zsh", "-f", "-i"], [
        "autoload -Uz compinit", f"fpath=({COMPLETION}/zsh $fpath)", "compinit -u -d dump",
        "save() { print -rn -- \"$BUFFER\" >line }", "zle -N save; bindkey -e",
        "bindkey '^Xp' save"])


def main():
    if not os.path.exists(BASH):
        print("not installed: bash-completion")
        return 77
    open("disk.img", "w").close()
    os.mkdir("folder")
    cases = CASES
    if os.path.exists(os.environ["RUMP_BUILD"] + "/bin/rump_ext4"):
        cases = CASES + SERVER_CASES
    failures = 0
    for letter, start in (("b", bash), ("z", zsh)):
        shell = start()
        for shells, typed, expected in cases:
            if letter not in shells:
                continue
            got = shell.complete(typed, expected)
            if not same(got, expected):
                print(f"{shell.name}: {typed!r} becomes {got!r}, not {expected!r}")
                failures += 1
        os.close(shell.fd)
        os.waitpid(shell.pid, 0)
    print(f"{failures} failures")
    return 1 if failures else 0


sys.exit(main())
