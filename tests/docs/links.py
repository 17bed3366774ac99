#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The texts are true to the tree: every link resolves, every file, make target and command that they
# name in code quotes exists.
# run-as: self
import glob
import os
import re
import sys

sys.path.insert(0, os.environ["RUMP_TEST_LIB"])

import ownfiles                         # noqa: E402

TOP, BUILD = os.environ["RUMP_TOP"], os.environ["RUMP_BUILD"]
failures = []


def texts():
    return ownfiles.find(TOP, lambda n: n.endswith(".md"))


def targets():
    found = set()
    for path in ownfiles.find(TOP, lambda n: n in ("Makefile", "local.mk")):
        with open(path, encoding="utf-8") as f:
            for names in re.findall(r"^([a-z][a-z -]*):(?!=)", f.read(), re.M):
                found |= set(names.split())
    return found


def check_links(path, text):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not re.match(r"[a-z]+:", target) and \
                not os.path.exists(os.path.join(os.path.dirname(path), target)):
            failures.append(f"{path}: link to {target}")


def check_code(path, text, known):
    for command in re.findall(r"\bmake ((?:-\S+ )*[a-z]+)(?![a-z]*/)", "\n".join(code(text))):
        if command.split()[-1] not in known:
            failures.append(f"{path}: there is no `make {command}`")
    for name in set(re.findall(r"\bfsu_[a-z]+\b", "\n".join(code(text)))):
        if not os.path.exists(f"{BUILD}/bin/{name}"):
            failures.append(f"{path}: there is no command {name}")
    for quoted in re.findall(r"`([^`\s]+/[^`\s]*)`", text):
        base = os.path.dirname(path)
        if re.fullmatch(r"[\w./-]+", quoted) and not quoted.startswith(("/", "build/", "-")) and \
                re.match(r"(\.ci|arch|bench|doc|fs|include|lib\w+|scripts|tests|tools)/", quoted) \
                and not any(os.path.exists(os.path.join(d, quoted)) for d in (base, TOP)) \
                and not in_kernel(quoted):
            failures.append(f"{path}: there is no {quoted}")


def in_kernel(name):
    return any(glob.glob(os.path.join(tree, name))
               for tree in glob.glob(f"{BUILD}/linux-*/linux-source-*"))


def code(text):
    return re.findall(r"```.*?\n(.*?)```", text, re.S) + re.findall(r"`([^`\n]+)`", text)


known = targets()
found = texts()
for name in found:
    with open(name, encoding="utf-8") as stream:
        content = stream.read()
    check_links(name, content)
    check_code(name, content, known)
print(f"{len(found)} texts")
print("\n".join(f.replace(TOP + "/", "") for f in failures))
sys.exit(1 if failures or not found else 0)
