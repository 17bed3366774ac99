#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel side needs nothing of its host but the hypercalls, and shows nothing but rump_*
# functions and what modules need; every module is closed over the libraries it depends on.
# run-as: self
# needs: nm readelf
import collections
import glob
import os
import re
import subprocess
import sys

LIB = os.environ["RUMP_BUILD"] + "/lib"
failures = []


def lines(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


# What librump.so does itself, before there is a kernel.
HOST_SIDE = {"rump_load_kernel", "rump_set_log"}
# Weak references of a module: it may have no parameters and no init.
MAY_BE_ABSENT = {"__start___param", "__stop___param", "rumpns_init_module"}


class Symbols:
    """Names of a library's dynamic symbols."""

    def __init__(self):
        self.undefined, self.defined = set(), set()
        # Defined only for want of a better one: a module's per-CPU variables, which the core has
        # among its own.
        self.weak = set()

    def add(self, kind, name):
        if kind in "Uwv":
            self.undefined.add(name.split("@")[0])
        elif kind != "A":
            self.defined.add(name.split("@")[0])
            if kind in "VW":
                self.weak.add(name)


def symbols(*paths):
    """By path; nm reads all of them at once."""
    found = {path: Symbols() for path in paths}
    for line in lines("nm", "-D", "-A", *paths):
        m = re.match(r"^(.*?):\s*(?:[0-9a-f]+ )?\s*(\S) (\S+)$", line)
        found[m[1]].add(m[2], m[3])
    return found


def expect(bad, what):
    if bad:
        failures.append(what + ": " + " ".join(sorted(bad)[:20])
                        + (f" ... ({len(bad)})" if len(bad) > 20 else ""))


def expect_host_libraries(offers):
    """libp2k: requests on one side, rump_* on the other, and the C library; nothing else."""
    path = f"{LIB}/libp2k.so"
    needed = {m[1] for line in lines("readelf", "-dW", path)
              if (m := re.search(r"NEEDED.*\[(.+?)\]", line))}
    expect({n for n in needed if not n.startswith(("librump.so", "libc.so"))},
           "libp2k.so needs libraries")
    has = symbols(path)[path]
    expect({s for s in has.undefined if s.startswith(("rump", "ukfs_"))} - offers,
           "libp2k.so needs what librump.so does not show")
    expect({s for s in has.defined if not s.startswith("p2k_")} - {"P2K_0"},
           "libp2k.so shows foreign names")


def expect_kernel(folder, hypercalls, entries):
    """librumpcore.so and the modules of one kernel."""
    core = f"{folder}/librumpcore.so"
    modules = {path: os.path.basename(path).partition(".so")[0]
               for path in glob.glob(f"{folder}/librump[fm]*.so")}
    if not modules:
        failures.append(f"no module in {folder}")
    has = symbols(core, *modules)
    needs, offers = has[core].undefined, has[core].defined
    expect({s for s in needs if not s.startswith("rumpuser_")},
           f"{core} needs of its host more than rumpuser_*")
    expect({s for s in needs if s.startswith("rumpuser_")} - hypercalls,
           f"{core} calls what librumpuser.so does not have")
    expect({s for s in offers if not s.startswith(("rump_", "rumpns_"))},
           f"{core} shows foreign names")
    expect(entries - offers, f"{core} lacks what librump.so shows")
    shown = collections.Counter(s for path in modules for s in has[path].defined)
    there = offers | hypercalls | MAY_BE_ABSENT
    wanted = set()
    for path, base in sorted(modules.items()):
        wanted |= has[path].undefined | has[path].weak
        expect({s for s in has[path].undefined - there if shown[s] == (s in has[path].defined)},
               f"{base} needs what neither the core nor a module has")
        expect({s for s in has[path].defined if not s.startswith(("rump_", "rumpns_"))},
               f"{base} shows foreign names")
    expect({s for s in offers if s.startswith("rumpns_")} - wanted,
           f"{core} shows kernel symbols that no module needs")
    print(f"{folder}: {len(modules)} modules, {len(offers)} symbols shown, "
          f"{len(needs)} hypercalls used")


def main():
    user, entry = f"{LIB}/librumpuser.so", f"{LIB}/librump.so"
    both = symbols(user, entry)
    hypercalls, entries = both[user].defined, both[entry].defined
    expect({s for s in entries if not s.startswith("rump_")}, "librump.so shows foreign names")
    expect_host_libraries(entries)
    kernels = sorted(glob.glob(f"{LIB}/rump/*"))
    if not kernels:
        failures.append(f"no kernel below {LIB}")
    for folder in kernels:
        expect_kernel(folder, hypercalls, entries - HOST_SIDE)
    print("\n".join(failures))
    return 1 if failures else 0


sys.exit(main())
