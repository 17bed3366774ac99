#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# librumpuser's POSIX back end calls nothing of its host but POSIX, on glibc and on musl.
# run-as: self
# needs: nm
import glob
import os
import re
import subprocess
import sys

BUILD = os.environ["RUMP_BUILD"]

# POSIX.1-2024 has all of these.  memfd_create, syscall, preadv, fallocate and the like have no
# place here: what needs them belongs into librump/rumpuser/linux.
POSIX = set("""
    _exit calloc clock_gettime close dladdr dlclose dlerror dlopen dlsym errno fclose fcntl
    fdatasync fgets fopen free fstat fstatvfs ftruncate getegid getentropy getenv geteuid getgid
    getpid getuid kill longjmp lseek
    malloc memchr memcmp memcpy memmove memset mkostemp mmap mprotect munmap open pause
    posix_madvise pread pthread_attr_init pthread_attr_setdetachstate pthread_attr_setguardsize
    pthread_attr_setstacksize pthread_cond_broadcast pthread_cond_destroy pthread_cond_init
    pthread_cond_signal pthread_cond_timedwait pthread_cond_wait pthread_condattr_init
    pthread_condattr_setclock pthread_create pthread_exit pthread_join pthread_key_create
    pthread_kill pthread_mutex_destroy pthread_mutex_init pthread_mutex_lock pthread_mutex_unlock
    pthread_once pthread_rwlock_rdlock pthread_rwlock_unlock pthread_rwlock_wrlock pthread_self
    pthread_setspecific pthread_sigmask pwrite sched_yield setjmp shm_open shm_unlink sigaction
    sigaltstack sigdelset sigfillset siglongjmp sigsetjmp sigsuspend snprintf sscanf stat strchr
    strcmp strcspn strdup strerror strlen strncmp strncpy strrchr strtoull sysconf unlink vsnprintf
    writev
""".split())

# What compilers and linkers refer to in any library: start and end, thread-local storage, checks.
TOOLCHAIN = re.compile(r"_ITM_\w+|__cxa_finalize|__gmon_start__|__tls_get_addr|__stack_chk_fail")


def posix_name(symbol):
    """The function that a libc's header turns into this symbol."""
    name = re.sub(r"^__isoc(99|23)_", "", symbol.split("@")[0])
    name = re.sub(r"^__(\w+)_(chk|2)$", r"\1", name)  # with _FORTIFY_SOURCE
    name = {"__errno_location": "errno", "__sigsetjmp": "sigsetjmp", "_setjmp": "setjmp",
            "__xstat": "stat", "__fxstat": "fstat"}.get(name, name)
    return re.sub(r"64$", "", name)


def foreign(path):
    out = subprocess.run(["nm", "-D", "--undefined-only", path], capture_output=True, text=True,
                         check=True).stdout
    symbols = [line.split()[-1] for line in out.splitlines()]
    if not symbols:
        sys.exit(f"{path} needs nothing: this is no librumpuser")
    return sorted(s for s in symbols
                  if posix_name(s) not in POSIX and not TOOLCHAIN.fullmatch(s.split("@")[0]))


failed = False
libraries = glob.glob(f"{BUILD}/tests/posix/*/librumpuser.so.*")
if not libraries:
    sys.exit(f"there is no library in {BUILD}/tests/posix")
for library in libraries:
    names = foreign(library)
    print(f"{os.path.relpath(library, BUILD)}: {len(names)} names besides POSIX", *names)
    failed |= bool(names)

# The test would find them: the Linux back end has some.
with open(f"{BUILD}/vars/RUMPUSER", encoding="ascii") as f:
    if f.read().strip() == "linux":
        found = {posix_name(s) for s in foreign(f"{BUILD}/lib/librumpuser.so")}
        if not {"memfd_create", "syscall", "io_uring_queue_init", "fallocate"} <= found:
            print("of the Linux back end only these are found:", *sorted(found))
            failed = True
sys.exit(1 if failed else 0)
