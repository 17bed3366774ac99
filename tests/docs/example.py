#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# The program in the EXAMPLES section of ukfs(3) compiles as it stands there and works on an image.
# run-as: user
# needs: mandoc gcc mkfs.ext4
import glob
import html
import os
import re
import subprocess
import sys

TOP, BUILD = os.environ["RUMP_TOP"], os.environ["RUMP_BUILD"]


def programs():
    pages = glob.glob(f"{TOP}/man/man3/ukfs.3")
    if not pages:
        sys.exit("there is no ukfs.3")
    rendered = subprocess.run(["mandoc", "-T", "html", pages[0]], capture_output=True, text=True,
                              check=True).stdout
    return [html.unescape(re.sub(r"<[^>]*>", "", block))
            for block in re.findall(r"<pre>?.*?>?(.*?)</pre>", rendered, re.S) if "main" in block]


found = programs()
if not found:
    sys.exit("ukfs(3) has no example program")
subprocess.run("truncate -s 16M disk.img && mkfs.ext4 -q -F disk.img", shell=True, check=True)
for number, source in enumerate(found):
    source = source[source.index("#include"):]
    with open(f"example{number}.c", "w", encoding="utf-8") as f:
        f.write(source)
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-I{TOP}/include", "-o",
                    f"example{number}", f"example{number}.c", f"-L{BUILD}/lib", "-lukfs", "-lrump",
                    f"-Wl,-rpath-link,{BUILD}/lib"], check=True)
    run = subprocess.run([f"./example{number}", "disk.img"], capture_output=True, text=True,
                         timeout=240, check=False)
    print(run.stdout + run.stderr)
    if run.returncode:
        sys.exit(f"example {number} ends with {run.returncode}")
