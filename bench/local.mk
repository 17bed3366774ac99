# SPDX-License-Identifier: GPL-2.0-or-later
# The measurements.  Never part of `make check`.
BENCH := $(B)/bench/rumpbench
BENCH_OBJS := $(call objs,$(wildcard bench/*.c))

$(BENCH): $(BENCH_OBJS) $(B)/lib/libukfs.so $(B)/lib/librump.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(BENCH_OBJS) -L$(B)/lib -lukfs -lrump -lrumpuser \
		-Wl,-rpath-link,$(B)/lib

# Arguments of bench/run, and of bench/mounted: make bench BENCH_ARGS="-k put -r 5"
BENCH_ARGS ?=
MOUNTED_ARGS ?=

.PHONY: bench bench-programs
bench-programs: $(BENCH) $(B)/tests/bin/idle

bench:
	+$(MAKE) all bench-programs
	bench/run -b $(B) $(BENCH_ARGS)
	[ "$$(id -u)" != 0 ] || bench/mounted -b $(B) $(MOUNTED_ARGS)
