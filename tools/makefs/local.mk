# SPDX-License-Identifier: GPL-2.0-or-later
# makefs: its own files, and of fsu what is no command (the copier, messages, numbers).
MAKEFS_OBJS := $(call objs,$(wildcard tools/makefs/*.c))

PROGRAMS += $(B)/bin/makefs
LIBS += $(B)/lib/libmakefs_fixed.so
MAN += tools/makefs/makefs.1

$(B)/include/makefs_types.h: fs/table.toml scripts/fs-table
	@mkdir -p $(@D)
	scripts/fs-table makefs >$@
$(B)/obj/tools/makefs/types.o: $(B)/include/makefs_types.h
$(B)/obj/tools/makefs/types.o: private cppflags += -I$(B)/include

$(B)/bin/makefs: $(MAKEFS_OBJS) $(B)/obj/tools/fsu/libfsu.a $(B)/lib/libukfs.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(MAKEFS_OBJS) $(B)/obj/tools/fsu/libfsu.a -L$(B)/lib -lukfs -larchive \
		-Wl,-rpath-link,$(B)/lib

# Preloaded into the programs that make file systems.
$(B)/lib/libmakefs_fixed.so: $(call objs,tools/makefs/preload/fixed.c) $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) -shared $(ldflags) -o $@ $(filter %.o,$^)
