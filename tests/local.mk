# SPDX-License-Identifier: GPL-2.0-or-later
# The acceptance tests: the programs they use, and the targets check, demo and sloc.
TEST_LIB_PROGRAMS := opmix:threads acked:kill sealed:formats zoned:formats idle:idle giveback:memory nodes:vfs openfiles:vfs \
	attributes:vfs together:vfs slots:powercut rewrite:snapshot imagequota:posix
TEST_BIN := $(B)/tests/bin
TEST_LDLIBS = -L$(B)/lib -lukfs -lrump -lrumpuser -Wl,-rpath-link,$(B)/lib

# $(call test_program,name,folder)
define test_program
$(TEST_BIN)/$(1): $(B)/obj/tests/$(2)/$(1).o $(B)/lib/libukfs.so $(B)/lib/librump.so
	@mkdir -p $$(@D)
	$$(CC) $$(LDFLAGS) -o $$@ $$< $$(TEST_LDLIBS)
$(B)/obj/tests/$(2)/$(1).o: private CPPFLAGS += -Itests/lib
TEST_PROGRAMS += $(TEST_BIN)/$(1)
endef
$(foreach p,$(TEST_LIB_PROGRAMS),$(eval \
	$(call test_program,$(word 1,$(subst :, ,$(p))),$(word 2,$(subst :, ,$(p))))))

# Folders whose programs need more than that.
include $(wildcard tests/*/local.mk)

# Arguments of tests/run: make check TESTS="-k threads -q"
TESTS ?=

.PHONY: check check-programs check-hosts packages demo sloc
packages:
	scripts/install-packages scripts/packages tests/packages

check-programs: $(TEST_PROGRAMS)

# What tests/hosts runs: other processors, with one kernel and few file systems; those that there is a
# compiler for.
TEST_HOSTS ?= aarch64-linux-gnu
TEST_HOSTS_KCONFIGS := arch/rump/configs/core.config tests/hosts/few.config
TEST_HOSTS_PROGRAMS := bin/opmix rumpuser_lock rumpuser_parallel
check-hosts:
	+$(foreach h,$(foreach h,$(TEST_HOSTS),$(if $(shell command -v $(h)-gcc),$(h))),\
		$(MAKE) HOST=$(h) B=$(B)/$(h) BASE=$(BASE) KERNELS=$(KERNEL) KCONFIGS="$(TEST_HOSTS_KCONFIGS)" \
			all $(TEST_HOSTS_PROGRAMS:%=$(B)/$(h)/tests/%) &&) :

check: packages
	+$(MAKE) all check-programs
	+$(MAKE) check-hosts
	tests/run -b $(B) $(TESTS)

demo:
	+tests/demo.sh

sloc:
	@scripts/sloc $(B)
