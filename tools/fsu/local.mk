# SPDX-License-Identifier: GPL-2.0-or-later
# fsu: one program; its links and manual pages follow from commands.def.
FSU_COMMANDS := $(shell sed -n 's/^FSU_COMMAND.\([a-z0-9]*\),.*/\1/p' tools/fsu/commands.def)
FSU_SRCS := $(wildcard tools/fsu/*.c tools/fsu/ls/*.c tools/fsu/copy/*.c)
FSU_OBJS := $(call objs,$(FSU_SRCS))
FSU_LINKS := $(FSU_COMMANDS:%=$(B)/bin/fsu_%)

PROGRAMS += $(B)/bin/fsu $(FSU_LINKS)
MAN += tools/fsu/fsu.1 $(FSU_COMMANDS:%=tools/fsu/fsu_%.1)

$(B)/bin/fsu: $(FSU_OBJS) $(B)/lib/libukfs.so
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(FSU_OBJS) -L$(B)/lib -lukfs -Wl,-rpath-link,$(B)/lib

# What is no command, for other tools: the copier, messages, numbers.
$(B)/obj/tools/fsu/libfsu.a: $(filter-out %/main.o,$(FSU_OBJS))
	rm -f $@
	ar rcs $@ $^

$(FSU_LINKS): $(B)/bin/fsu
	ln -sf $(<F) $@
