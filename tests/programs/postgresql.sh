#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# PostgreSQL on a mount: initdb with checksums, pgbench, a stop and a crash, restarts, and a
# remount; the accounts are consistent and every page has its checksum.
# run-as: user
# each: ext4
# each-full: xfs btrfs
# weight: 2
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/programs.sh"

bin=
for dir in /usr/lib/postgresql/*/bin; do
	[ ! -x "$dir/initdb" ] || bin=$dir
done
[ "$bin" ] || skip "not installed: postgresql"
export PATH=$bin:$PATH PGHOST=$PWD PGUSER=bench PGDATABASE=postgres
transactions=$([ "$QUICK" ] && echo 50 || echo 500)	# of each client
start() {
	run pg_ctl -D mnt/top/data -w -t 240 -l postgres.log \
		-o "-c listen_addresses= -k $PWD" start
}
stop() { run pg_ctl -D mnt/top/data -w -t 240 -m "$1" stop; }
balanced() {
	equal "sums of all tables" "t|t" "$(psql -AtX -c 'SELECT
		(SELECT sum(abalance) FROM pgbench_accounts) =
			(SELECT sum(tbalance) FROM pgbench_tellers),
		(SELECT sum(delta) FROM pgbench_history) =
			(SELECT sum(bbalance) FROM pgbench_branches)')"
}
trap 'pg_ctl -D mnt/top/data -m immediate stop >/dev/null 2>&1 || true' EXIT

new_image "$1" 2G
mount_image "$1"
run initdb -D mnt/top/data -U bench -A trust -k
start
run pgbench -i -s 2
run pgbench -c 8 -j 2 -t "$transactions"
stop fast
start
balanced
run pgbench -n -c 4 -t "$transactions"
stop immediate		# as after a crash: the next start replays its log
start
balanced
stop fast
run pg_checksums --check -D mnt/top/data
unmount_and_compare "$1"
mount_image "$1"
start
balanced
stop fast
unmount_image "$1"
