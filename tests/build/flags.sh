#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a build is made with is a dependency: another PREFIX, kernel or CFLAGS builds what holds them
# again, and nothing is built where nothing changed.  What make cannot work with is refused.
# run-as: user
# needs: make gcc
. "$RUMP_TEST_LIB/common.sh"

b=$PWD/b so=b/lib/librumpuser.so

# build ARGUMENT...: the library of the hypercalls, from the checkout, into this directory
build() { run env -u MAKEFLAGS make -C "$RUMP_TOP" B="$b" "$@" "$b/lib/librumpuser.so"; }
holds() { grep -qaF "$1" "$so" || fail "the library does not hold $1"; }
compiled() { grep -c -- ' -c -o ' run.log || true; }

build PREFIX=/first KERNELS=6.12 CFLAGS=-O0
holds /first/lib/rump
holds 6.12
build PREFIX=/first KERNELS=6.12 CFLAGS=-O0
equal "files compiled without a change" 0 "$(compiled)"
build PREFIX=/second KERNELS=6.1 CFLAGS=-O0
holds /second/lib/rump
! grep -qaF /first "$so" || fail "the old prefix is left"
! grep -qaF 6.12 "$so" || fail "the old kernel is left"
equal "files compiled for another prefix" 1 "$(compiled)"
build PREFIX=/second KERNELS=6.1 CFLAGS=-O1
[ "$(compiled)" -gt 10 ] || fail "other flags compile $(compiled) files"

make_in() { env -u MAKEFLAGS make -C "$RUMP_TOP" "$@" 2>&1; }
make_in B="$PWD/a b" libs >space.log && fail "a path with a space is taken"
grep -q 'cannot work in a path with a space' space.log || fail "$(cat space.log)"
"$RUMP_TOP/scripts/fs-table" config 6.12 nope >types.log 2>&1 && fail "TYPES=nope is taken"
grep -q '^TYPES: nope: not a file system .* supported: .*ext4' types.log || fail "$(cat types.log)"
"$RUMP_TOP/scripts/fs-table" config 6.12 ext4 | grep -qx CONFIG_EXT4_FS=m || fail "no ext4"
! "$RUMP_TOP/scripts/fs-table" config 6.12 ext4 | grep -q XFS || fail "XFS for TYPES=ext4"
