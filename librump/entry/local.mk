# SPDX-License-Identifier: GPL-2.0-or-later
# librump.so: what programs are linked with; it loads the kernel side that is asked for.
ENTRY_SO := $(B)/lib/librump.so.$(SOVERSION)
ENTRY_OBJS := $(call objs,librump/entry/entry.c)
ENTRY_CALLS := $(B)/obj/librump/entry/calls.def

LIBS += $(B)/lib/librump.so

$(ENTRY_CALLS): $(wildcard include/rump/rump*.h) librump/link/common.sh librump/entry/list-calls
	@mkdir -p $(@D)
	librump/entry/list-calls > $@

$(ENTRY_OBJS): $(ENTRY_CALLS)
$(ENTRY_OBJS): private cppflags += -I$(B)/obj/librump/entry

# All that is global is public.
$(ENTRY_SO): $(ENTRY_OBJS) $(B)/lib/librumpuser.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) -shared $(ldflags) -Wl,-soname,$(@F) -Wl,-z,defs -Wl,-z,nodelete -o $@ $(ENTRY_OBJS) \
		-L$(B)/lib -lrumpuser

$(B)/lib/librump.so: $(ENTRY_SO)
	ln -sf $(<F) $@
