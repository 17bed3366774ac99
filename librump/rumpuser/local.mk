# SPDX-License-Identifier: GPL-2.0-or-later
# librumpuser: the hypercalls, compiled in the host namespace.
RUMPUSER_SO := $(B)/lib/librumpuser.so.$(SOVERSION)
RUMPUSER_MAP := librump/rumpuser/librumpuser.map
RUMPUSER_OBJS := $(call objs,$(wildcard librump/rumpuser/*.c))

LIBS += $(B)/lib/librumpuser.so

$(RUMPUSER_SO): $(RUMPUSER_OBJS) $(RUMPUSER_MAP)
	@mkdir -p $(@D)
	$(CC) -shared $(LDFLAGS) -Wl,-soname,$(@F) -Wl,--version-script=$(RUMPUSER_MAP) \
		-Wl,-z,defs -Wl,-z,nodelete -o $@ $(RUMPUSER_OBJS) -luring

$(B)/lib/librumpuser.so: $(RUMPUSER_SO)
	ln -sf $(<F) $@

# Each program is a test, see tests/lib/testrun.py.
RUMPUSER_TESTS := host module lock io parallel fsx ring snapshot
RUMPUSER_BLKTEST := $(call objs,librump/rumpuser/tests/blktest.c)

$(B)/tests/rumpuser_%: $(B)/obj/librump/rumpuser/tests/rumpuser_%.o $(RUMPUSER_BLKTEST) \
		$(B)/lib/librumpuser.so
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(RUMPUSER_BLKTEST) -L$(B)/lib -lrumpuser -lcmocka $(LIBS_$(@F))
$(B)/tests/rumpuser_ring: private LIBS_rumpuser_ring := -luring

.SECONDARY: $(RUMPUSER_BLKTEST) $(RUMPUSER_TESTS:%=$(B)/obj/librump/rumpuser/tests/rumpuser_%.o)
TEST_PROGRAMS += $(RUMPUSER_TESTS:%=$(B)/tests/rumpuser_%)
