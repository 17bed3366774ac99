# SPDX-License-Identifier: GPL-2.0-or-later
# mount.rump and rump_umount: what mount(8) and umount(8) run.  They are installed into SBINDIR, where
# those look; rump_umount is in PREFIX/bin, too.
SBINDIR ?= /sbin
MOUNTHELP := tools/mount.rump

PROGRAMS += $(B)/bin/rump_umount
SBIN_PROGRAMS += $(B)/bin/mount.rump $(B)/bin/umount.fuse.rump
MAN += $(wildcard $(MOUNTHELP)/*.8) $(B)/man/man8/umount.fuse.rump.8

$(B)/man/man8/umount.fuse.rump.8:
	@mkdir -p $(@D)
	echo '.so man8/rump_umount.8' >$@

$(B)/obj/$(MOUNTHELP)/mount_rump.o: $(B)/vars/prefixes
$(B)/obj/$(MOUNTHELP)/mount_rump.o: private cppflags += -DRUMP_BINDIR='"$(PREFIX)/bin"'

$(B)/bin/mount.rump: $(call objs,$(MOUNTHELP)/mount_rump.c) $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(filter %.o,$^) -lmount

RUMP_UMOUNT_OBJS := $(call objs,$(addprefix $(MOUNTHELP)/,rump_umount.c ask.c umount.c wait.c end.c) \
	tools/mount/known.c)
$(B)/bin/rump_umount: $(RUMP_UMOUNT_OBJS) $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(RUMP_UMOUNT_OBJS) -lmount

# Not a link into PREFIX/bin: that may be another file system, which is unmounted earlier.
$(B)/bin/umount.fuse.rump: $(B)/bin/rump_umount
	@mkdir -p $(@D)
	cp $< $@

# Tests: a server without a kernel side
$(B)/obj/$(MOUNTHELP)/tests/fakeserver.o: private cppflags += -Itools/mount

$(B)/tests/bin/fakeserver: $(call objs,$(MOUNTHELP)/tests/fakeserver.c tools/mount/utab.c) $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(filter %.o,$^) -lfuse3 -lmount

check-programs: $(B)/tests/bin/fakeserver

# Units and rules, which nobody enables but the administrator
UNITDIR := $(PREFIX)/share/rump/systemd
SYSTEMD_UNITS := $(addprefix $(B)/systemd/,$(patsubst %.in,%,$(notdir $(wildcard $(MOUNTHELP)/systemd/*))))
all: $(SYSTEMD_UNITS)

$(B)/systemd/%: $(MOUNTHELP)/systemd/%.in $(B)/vars/prefixes
	@mkdir -p $(@D)
	sed -e 's|@BINDIR@|$(PREFIX)/bin|g' -e 's|@UNITDIR@|$(UNITDIR)|g' $< >$@
	chmod $(if $(findstring .,$*),644,755) $@

$(B)/systemd/%: $(MOUNTHELP)/systemd/%
	@mkdir -p $(@D)
	cp $< $@
