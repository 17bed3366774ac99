# SPDX-License-Identifier: GPL-2.0-or-later
# The mount servers: one program, a link for each file system type.
# Those of the table that are mounted from an image.
MOUNT_TYPES := $(filter-out overlay ramfs tmpfs,$(shell scripts/fs-table types $(KERNEL)))
MOUNT_OBJS := $(call objs,$(wildcard tools/mount/*.c libhost/*.c))
MOUNT_LINKS := $(MOUNT_TYPES:%=$(B)/bin/rump_%)

MOUNT_PAGES := $(MOUNT_TYPES:%=$(B)/man/man8/rump_%.8)

PROGRAMS += $(B)/bin/rump_fs $(MOUNT_LINKS)
MAN += $(wildcard tools/mount/*.7 tools/mount/*.8) $(MOUNT_PAGES)

$(MOUNT_PAGES):
	@mkdir -p $(@D)
	echo '.so man8/rump_fs.8' >$@

$(B)/bin/rump_fs: $(MOUNT_OBJS) $(B)/lib/libukfs.so $(B)/lib/libp2k.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(MOUNT_OBJS) -L$(B)/lib -lp2k -lukfs -lrump -lrumpuser -lfuse3 -lmount -lseccomp \
		-Wl,-rpath-link,$(B)/lib

$(MOUNT_LINKS): $(B)/bin/rump_fs
	ln -sf $(<F) $@

$(call objs,tools/mount/fusemount.c): private cppflags += $(shell $(PKG_CONFIG) --cflags fuse3)
