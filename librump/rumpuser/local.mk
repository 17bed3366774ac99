# SPDX-License-Identifier: GPL-2.0-or-later
# librumpuser: the hypercalls, compiled in the host namespace.  RUMPUSER=linux or posix says which of
# the two folders completes the files that every host shares.
RUMPUSER ?= linux
RUMPUSER_DIR := librump/rumpuser
RUMPUSER_SO := $(B)/lib/librumpuser.so.$(SOVERSION)
RUMPUSER_MAP := $(RUMPUSER_DIR)/librumpuser.map
RUMPUSER_LIBS_linux := -luring

ifeq ($(wildcard $(RUMPUSER_DIR)/$(RUMPUSER)/*.c),)
$(error RUMPUSER=$(RUMPUSER): there is no such back end, it is linux or posix)
endif

rumpuser_sources = $(wildcard $(RUMPUSER_DIR)/*.c $(RUMPUSER_DIR)/$(1)/*.c)
# $(call rumpuser_link,compiler,back end)
rumpuser_link = $(1) -shared $(ldflags) -Wl,-soname,librumpuser.so.$(SOVERSION) \
	-Wl,--version-script=$(RUMPUSER_MAP) -Wl,-z,defs -Wl,-z,nodelete -o $@ $(filter %.o,$^) \
	$(RUMPUSER_LIBS_$(2))

LIBS += $(B)/lib/librumpuser.so

# Where modules are, and which kernel's.
RUMPUSER_DEFAULTS := -DRUMP_MODDIR='"$(MODDIR)"' -DRUMP_KERNEL='"$(KERNEL)"'
$(B)/obj/$(RUMPUSER_DIR)/module.o: $(B)/vars/RUMPUSER_DEFAULTS
$(B)/obj/$(RUMPUSER_DIR)/module.o: private cppflags += $(RUMPUSER_DEFAULTS)

$(RUMPUSER_SO): $(call objs,$(call rumpuser_sources,$(RUMPUSER))) $(RUMPUSER_MAP) $(B)/vars/RUMPUSER $(B)/vars/link
	@mkdir -p $(@D)
	$(call rumpuser_link,$(CC),$(RUMPUSER))

$(B)/lib/librumpuser.so: $(RUMPUSER_SO)
	ln -sf $(<F) $@

# What is only there for Linux is not declared to the files for POSIX.
$(B)/obj/$(RUMPUSER_DIR)/posix/%.o: private cppflags += -U_GNU_SOURCE

# longjmp() from one stack to another, which _FORTIFY_SOURCE takes for a defect.
RUMPUSER_JUMPS := $(RUMPUSER_DIR)/thread.o $(RUMPUSER_DIR)/posix/fiber.o
$(RUMPUSER_JUMPS:%=$(B)/obj/%) $(RUMPUSER_JUMPS:%=$(B)/obj/musl/%): private cppflags += -U_FORTIFY_SOURCE

# Each program is a test, see tests/lib/testrun.py.
RUMPUSER_TESTS := host module lock io parallel fsx snapshot
RUMPUSER_TESTS_linux := ring
rumpuser_test_objs = $(addprefix $(1)/$(RUMPUSER_DIR)/tests/,blktest.o backend_$(2).o)

RUMPUSER_BLKTEST := $(call rumpuser_test_objs,$(B)/obj,$(RUMPUSER))
RUMPUSER_RUN := $(RUMPUSER_TESTS) $(RUMPUSER_TESTS_$(RUMPUSER))

$(B)/tests/rumpuser_%: $(B)/obj/$(RUMPUSER_DIR)/tests/rumpuser_%.o $(RUMPUSER_BLKTEST) \
		$(B)/lib/librumpuser.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(filter %.o,$^) -L$(B)/lib -lrumpuser -lcmocka $(LIBS_$(@F))
$(B)/tests/rumpuser_ring: private LIBS_rumpuser_ring := -luring

.SECONDARY: $(RUMPUSER_BLKTEST) $(RUMPUSER_RUN:%=$(B)/obj/$(RUMPUSER_DIR)/tests/rumpuser_%.o)
TEST_PROGRAMS += $(RUMPUSER_RUN:%=$(B)/tests/rumpuser_%)

