#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual is complete and true: every public function and every command has a page, every option
# of a page is in --help and the other way round, every function that a page names exists.
# run-as: self
# needs: nm mandoc
import glob
import os
import re
import subprocess
import sys

sys.path.insert(0, os.environ["RUMP_TEST_LIB"])

import ownfiles                         # noqa: E402

TOP, BUILD = os.environ["RUMP_TOP"], os.environ["RUMP_BUILD"]
failures = []


def pages():
    return [p for p in ownfiles.find(TOP, lambda n: re.fullmatch(r"[a-z_0-9.-]+\.[13578]", n))
            if re.search(r"^\.(TH|Dt) ", open(p, encoding="utf-8").read(), re.M)]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def text_of(page):
    return re.sub(r".\x08", "", output("mandoc", "-T", "utf8", "-O", "width=200", page)) \
        .replace("\u2010", "-").replace("\u2212", "-")


def names_of(page):
    """The names in the NAME section."""
    m = re.search(r"^NAME\n(.*?)\n\S", text_of(page), re.S | re.M)
    return set(re.findall(r"[\w.-]+", re.split(r"\s[–—-]+\s", m[1])[0])) if m else set()


def declared():
    found = {}
    for header in glob.glob(f"{TOP}/include/rump/*.h"):
        base = os.path.basename(header)
        if base == "rumpuser.h":
            continue
        code = re.sub(r"/\*.*?\*/", "", open(header, encoding="utf-8").read(), flags=re.S)
        for name in re.findall(r"\b((?:rump|ukfs|p2k)_\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;",
                               code):
            found[name] = base
    return found


def check_functions(all_pages):
    exported = set()
    for lib in glob.glob(f"{BUILD}/lib/*.so"):
        exported |= {line.split()[-1].split("@")[0]
                     for line in output("nm", "-D", "--defined-only", lib).splitlines()}
    texts = {p: text_of(p) for p in all_pages if p.endswith(".3")}
    documented = set()
    for page, text in texts.items():
        named = set(re.findall(r"\b((?:rump|ukfs|p2k)_\w+)\s?\((?!\d\))", text))
        documented |= names_of(page) | named
        for name in named - {"rump_sys_NAME"}:
            if name not in exported and not name.endswith("_fn"):
                failures.append(f"{os.path.basename(page)} names {name}(), which no library has")
    for name, header in sorted(declared().items()):
        # rump_sys(3) describes all system calls at once: section 2 has each
        if name not in documented and not \
                ("rump_sys_NAME" in documented and name.startswith("rump_sys_")):
            failures.append(f"{header} declares {name}(), which no page of section 3 names")


def options(text):
    return set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text)) \
        | set(re.findall(r"(?<![\w/.-])(-[a-zA-Z0-9])(?![\w-])", text))


def check_commands(all_pages):
    by_name = {n: p for p in all_pages if p.endswith((".1", ".8")) for n in names_of(p)}
    for path in sorted(glob.glob(f"{BUILD}/bin/*")):
        name = os.path.basename(path)
        # the mount servers of all types have the page of rump_TYPE
        page = by_name.get(name) or by_name.get(re.sub("^rump_.*", "rump_TYPE", name))
        if not page:
            failures.append(f"{name} has no manual page")
            continue
        if name == "fsu":
            continue
        shown = output(path, "--help")
        text = text_of(page) + (text_of(by_name["fsu"]) if "fsu" in by_name else "")
        for option in sorted(options(shown) - options(text)):
            failures.append(f"{name} --help has {option}, its page has not")
        listed = re.findall(r"^ {5}(-[^\n]*?)(?: {2,}|$)", text_of(page), re.M)
        for line in listed:
            for option in sorted(options(line) - options(shown)):
                failures.append(f"{os.path.basename(page)} has {option}, {name} --help has not")


def check_lint(all_pages):
    for page in all_pages:
        out = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True,
                             text=True, check=False)
        failures.extend(line for line in (out.stdout + out.stderr).splitlines()
                        if "referenced manual not found" not in line)


def main():
    found = pages()
    if not found:
        failures.append("there are no manual pages")
    check_lint(found)
    check_functions(found)
    check_commands(found)
    print(f"{len(found)} pages")
    print("\n".join(failures))
    return 1 if failures else 0


sys.exit(main())
