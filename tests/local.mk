# SPDX-License-Identifier: GPL-2.0-or-later
# The acceptance tests: the programs they use, and the targets check, demo and sloc.
TEST_LIB_PROGRAMS := opmix:threads acked:kill sealed:formats zoned:formats idle:idle giveback:memory \
	workingset:memory nodes:vfs openfiles:vfs attributes:vfs direct:vfs together:vfs slots:powercut rewrite:snapshot imagequota:posix
TEST_BIN := $(B)/tests/bin
TEST_LDLIBS = -L$(B)/lib -lukfs -lrump -lrumpuser -Wl,-rpath-link,$(B)/lib

# $(call test_program,name,folder)
define test_program
$(TEST_BIN)/$(1): $(B)/obj/tests/$(2)/$(1).o $(B)/lib/libukfs.so $(B)/lib/librump.so $(B)/vars/link
	@mkdir -p $$(@D)
	$$(CC) $$(ldflags) -o $$@ $$< $$(TEST_LDLIBS)
$(B)/obj/tests/$(2)/$(1).o: private cppflags += -Itests/lib
TEST_PROGRAMS += $(TEST_BIN)/$(1)
endef
$(foreach p,$(TEST_LIB_PROGRAMS),$(eval \
	$(call test_program,$(word 1,$(subst :, ,$(p))),$(word 2,$(subst :, ,$(p))))))

# Folders whose programs need more than that.
include $(wildcard tests/*/local.mk)

# Arguments of tests/run: make check TESTS="-k threads"
TESTS ?=

.PHONY: deps check-deps missing check check-full check-programs check-hosts demo demo-programs sloc
DEPS := $(KERNELS:%=linux-source-%) scripts/packages
deps:
	scripts/install-packages $(DEPS)
check-deps:
	scripts/install-packages $(ALL_KERNELS:%=linux-source-%) scripts/packages tests/packages
# CHECK_DEPS=no: without a look at the packages; what needs a missing program is skipped
missing:
	$(if $(filter no,$(CHECK_DEPS)),,@scripts/install-packages -n $(DEPS) tests/packages || { \
		echo "make check-deps installs them; make check CHECK_DEPS=no skips what needs them"; exit 1; } >&2)

check-programs: $(TEST_PROGRAMS)

# What tests/hosts runs: other processors, with one kernel and few file systems; those that there is a
# compiler for.
TEST_HOSTS ?= aarch64-linux-gnu
TEST_HOSTS_TYPES ?= ext4 xfs btrfs vfat
TEST_HOSTS_PROGRAMS := bin/opmix rumpuser_lock rumpuser_parallel
check-hosts:
	+$(foreach h,$(foreach h,$(TEST_HOSTS),$(if $(shell command -v $(h)-gcc),$(h))),\
		$(MAKE) HOST=$(h) B=$(B)/$(h) BASE=$(BASE) KERNELS=$(KERNEL) \
			TYPES="$(TEST_HOSTS_TYPES)" OTHER_TYPES="$(TEST_HOSTS_TYPES)" \
			all $(TEST_HOSTS_PROGRAMS:%=$(B)/$(h)/tests/%) &&) :

# What was built before, other kernels (see KERNELS), hosts, sanitizers and fuzzers, stays up to date;
# without them, their tests are skipped.
check: missing
	+$(MAKE) all check-programs
	+$(if $(wildcard $(TEST_HOSTS:%=$(B)/%/lib/librump.so)),$(MAKE) check-hosts)
	+$(if $(wildcard $(B)/sanitize/lib/librumpuser.so),$(MAKE) check-sanitize)
	+$(if $(wildcard $(B)/fuzz/built),$(MAKE) check-fuzz)
	tests/run -b $(B) $(TESTS)

check-full: missing
	+$(MAKE) all-kernels
	+$(MAKE) KERNELS="$(ALL_KERNELS)" check-programs check-hosts
	+$(MAKE) KERNELS="$(ALL_KERNELS)" check-sanitize check-fuzz
	tests/run -b $(B) --full $(TESTS)

# What tests/demo.sh shows: one file system, the commands for images.
demo-programs: $(B)/bin/fsu $(FSU_LINKS) $(B)/lib/librump.so $(B)/lib/rump/$(KERNEL)/rump-modules

demo:
	+tests/demo.sh $(B)

sloc:
	@scripts/sloc $(B)
