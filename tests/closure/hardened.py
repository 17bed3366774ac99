#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# Every program and library that is installed is position independent, has no memory that is
# writable and executable and no writable table of the linker; host-side code was compiled with
# stack protectors, stack probes, branch protection and _FORTIFY_SOURCE.
# run-as: self
# needs: readelf nm
"""With CFLAGS without -O or -g, what these show is not looked for.  A build for another processor
is looked at as well, where there is one."""
import glob
import os
import re
import subprocess
import sys

BUILD = os.environ["RUMP_BUILD"]

# What the compiler notes of its command line in each object, by machine.
ANY = {"-fstack-protector-strong", "-fstack-clash-protection"}
COMPILED = {"X86-64": ANY | {"-fcf-protection=branch"},
            "AArch64": ANY | {"-mbranch-protection=standard"}}
# What is another function in fortified code, whatever its arguments are.
ALWAYS_CHECKED = {"printf", "fprintf", "vprintf", "vfprintf", "dprintf", "vdprintf", "asprintf",
                  "vasprintf", "longjmp", "siglongjmp", "_longjmp"}
# Names in ALWAYS_CHECKED that a file may have, and why.
UNCHECKED = {
    # Between stacks: the check knows only jumps towards the beginning of one stack.
    "librumpuser.so": {"longjmp", "siglongjmp"},
}
# No function of theirs has an array or passes the address of a variable.
NO_ARRAYS = {"mount.rump", "libmakefs_fixed.so", "libfsu_perl.so"}

failures = []


def read(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=False).stdout


def expect(condition, path, what):
    if not condition:
        failures.append(f"{os.path.relpath(path, BUILD)}: {what}")


def headers(paths):
    """What readelf says of each file's headers; it reads all of them at once."""
    parts = re.split(r"^File: (.+)$", read("readelf", "-hldW", *paths, os.devnull), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def linked(path, shown):
    """What the linker decides."""
    parts = re.findall(r"^  ([A-Z_]+) .* (R?) ?(W?) ?(E?) +0x[0-9a-f]+$", shown, re.M)
    program = any(kind == "INTERP" for kind, *_ in parts)
    expect(re.search(r"Type: +DYN", shown), path, "has a fixed address")
    expect(not program or re.search(r"Flags:.*\bPIE\b", shown), path, "is no PIE")
    expect(re.search(r"Flags:.*\bNOW\b", shown), path, "binds lazily (-z now)")
    expect(any(kind == "GNU_RELRO" for kind, *_ in parts), path, "has no RELRO")
    expect(any(kind == "GNU_STACK" and not e for kind, _, _, e in parts), path,
           "has an executable stack")
    expect(not any(w and e for _, _, w, e in parts), path, "has writable code")
    expect("TEXTREL" not in shown, path, "has relocations in its code")


def compiled(path, machine):
    """By what the compiler noted: what each object was compiled with; how many there are."""
    units = re.findall(r"DW_AT_producer .*: (GNU C\d+ .*)", read(
        "readelf", "--debug-dump=info", "--dwarf-depth=1", path))
    for unit in sorted(set(units)):
        missing = COMPILED.get(machine, ANY) - set(unit.split())
        expect(not missing, path, f"has objects compiled without {' '.join(sorted(missing))}")
    return len(units)


def protected(path, fortified):
    """By its symbols."""
    name = re.sub(r"\.so\.\d+$", ".so", os.path.basename(path))
    wants = {line.split()[-1].split("@")[0] for line in
             read("nm", "-D", "--undefined-only", path).splitlines()}
    expect("__stack_chk_fail" in wants or name in NO_ARRAYS, path, "has no stack protector")
    raw = wants & ALWAYS_CHECKED - UNCHECKED.get(name, set())
    expect(not fortified or not raw, path,
           f"was compiled without _FORTIFY_SOURCE, it calls {' '.join(sorted(raw))}")


def host_side(top):
    """The files of a build; those of the kernel side have flags of their own."""
    found = [path for path in glob.glob(f"{top}/bin/*") + glob.glob(f"{top}/lib/*.so*")
             if not os.path.islink(path) and open(path, "rb").read(4) == b"\x7fELF"]
    if len(found) < 12:
        sys.exit(f"{top}: {len(found)} programs and libraries, this is no build")
    return sorted(found)


def look_at(top):
    with open(f"{top}/vars/compile", encoding="utf-8") as f:
        fortified = re.search(r"-O[1-9s]", f.read())
    host, kernel = host_side(top), glob.glob(f"{top}/lib/rump/*/*.so*")
    shown = headers(host + kernel)
    for path in host + kernel:
        linked(path, shown.get(path, ""))
    units = 0
    for path in host:
        machine = re.search(r"Machine:.*?(X86-64|AArch64|\w+)$", shown[path], re.M)
        units += compiled(path, machine[1])
        protected(path, fortified)
    print(f"{os.path.relpath(top, BUILD)}: {len(host)} files of {units} objects, "
          f"{len(kernel)} of the kernel side")


look_at(BUILD)
for other in glob.glob(f"{BUILD}/*-linux-*/vars/compile"):
    look_at(os.path.dirname(os.path.dirname(other)))
print(*failures, sep="\n")
sys.exit(1 if failures else 0)
