# SPDX-License-Identifier: GPL-2.0-or-later
# libukfs: file system images as a library; its man pages, pkg-config files and test programs.
UKFS_SO := $(B)/lib/libukfs.so.$(SOVERSION)
UKFS_MAP := libukfs/libukfs.map
UKFS_OBJS := $(call objs,$(wildcard libukfs/*.c libhost/*.c))

LIBS += $(B)/lib/libukfs.so

# What C needs of the table of file systems
$(B)/include/fs_table.h: fs/table.toml scripts/fs-table
	@mkdir -p $(@D)
	scripts/fs-table header >$@
$(B)/obj/libukfs/table.o: $(B)/include/fs_table.h
$(B)/obj/libukfs/table.o: private cppflags += -I$(B)/include

$(UKFS_SO): $(UKFS_OBJS) $(UKFS_MAP) $(B)/lib/librump.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) -shared $(ldflags) -Wl,-soname,$(@F) -Wl,--version-script=$(UKFS_MAP) -Wl,-z,defs \
		-o $@ $(UKFS_OBJS) -L$(B)/lib -lrump -lrumpuser -lblkid -lseccomp -Wl,-rpath-link,$(B)/lib

$(B)/lib/libukfs.so: $(UKFS_SO)
	ln -sf $(<F) $@

# pkg-config files, for `make install`
PKGCONFIG += $(B)/pkgconfig/rump.pc $(B)/pkgconfig/libukfs.pc

$(B)/pkgconfig/%.pc: libukfs/%.pc.in Makefile $(B)/vars/prefixes
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@MODDIR@|$(MODDIR)|' \
		-e 's|@KERNEL@|$(KERNEL)|' -e 's|@VERSION@|$(VERSION)|' $< >$@

# Man pages.  A page that documents several functions is listed with the others' names, each of
# which becomes a one-line page: PAGE:NAME,NAME...
MAN3_LINKS := \
	ukfs_mount:ukfs_release \
	ukfs_modload:ukfs_modload_dir \
	ukfs_getmp:ukfs_fstype,ukfs_rdonly,ukfs_unrecovered \
	ukfs_opendir:ukfs_opendirat,ukfs_dirfd,ukfs_readdir,ukfs_closedir,ukfs_getdents \
	ukfs_open:ukfs_close,ukfs_pread,ukfs_pwrite,ukfs_fstat,ukfs_ffsync,ukfs_sync_file_range \
	ukfs_open:ukfs_ftruncate,ukfs_ffallocate,ukfs_flseek,ukfs_fchown,ukfs_fchmod,ukfs_futimens,ukfs_fsetxattr \
	ukfs_read:ukfs_write \
	ukfs_truncate:ukfs_fallocate,ukfs_lseek,ukfs_copy_file_range \
	ukfs_sync:ukfs_fsync \
	ukfs_create:ukfs_mknod,ukfs_mkfifo,ukfs_mkdir,ukfs_util_builddirs \
	ukfs_remove:ukfs_rmdir \
	ukfs_link:ukfs_symlink,ukfs_readlink \
	ukfs_rename:ukfs_renameat2 \
	ukfs_chdir:ukfs_getcwd \
	ukfs_stat:ukfs_lstat,ukfs_fstatat,ukfs_statx,ukfs_access \
	ukfs_chmod:ukfs_lchmod,ukfs_chown,ukfs_lchown,ukfs_utimens,ukfs_lutimens \
	ukfs_chflags:ukfs_getflags \
	ukfs_ioctl:ukfs_fioctl \
	ukfs_getxattr:ukfs_lgetxattr,ukfs_setxattr,ukfs_lsetxattr,ukfs_listxattr,ukfs_llistxattr \
	ukfs_getxattr:ukfs_removexattr,ukfs_lremovexattr \
	ukfs_errmsg:ukfs_set_log \
	rump_init:rump_kernel_version,rump_load_kernel \
	rump_vfs:rump_vfs_identity,rump_vfs_node,rump_vfs_lookup,rump_vfs_loose_names,rump_vfs_release,rump_vfs_release_all \
	rump_vfs:rump_vfs_remember,rump_vfs_again,rump_vfs_generation,rump_vfs_parent \
	rump_vfs_mknod:rump_vfs_mkdir,rump_vfs_symlink,rump_vfs_link,rump_vfs_unlink,rump_vfs_rmdir,rump_vfs_rename,rump_vfs_readlink \
	rump_vfs_setattr:rump_vfs_statx,rump_vfs_statfs,rump_vfs_sync,rump_vfs_getxattr,rump_vfs_setxattr,rump_vfs_listxattr,rump_vfs_removexattr,rump_vfs_bmap \
	rump_vfs_open:rump_vfs_create,rump_vfs_tmpfile,rump_vfs_close,rump_vfs_read,rump_vfs_read_pages,rump_vfs_pages_put,rump_vfs_write \
	rump_vfs_open:rump_vfs_fsync,rump_vfs_fallocate,rump_vfs_lseek,rump_vfs_copy,rump_vfs_ioctl,rump_vfs_readdir,rump_vfs_fsync_node \
	p2k_new:p2k_serve,p2k_stop,p2k_free \
	rump_context_create:rump_context_switch,rump_context_destroy,rump_userns_enter \
	ukfs_types:ukfs_device_option \
	rump_disk_attach:rump_disk_detach,rump_disk_partitions,rump_disk_size \
	rump_flash_attach:rump_flash_detach

ukfs_comma := ,
define man3_link
$(B)/man/man3/$(2).3: libukfs/local.mk
	@mkdir -p $$(@D)
	echo '.so man3/$(1).3' >$$@
MAN += $(B)/man/man3/$(2).3
endef
$(foreach l,$(MAN3_LINKS),$(foreach n,$(subst $(ukfs_comma), ,$(word 2,$(subst :, ,$(l)))),\
	$(eval $(call man3_link,$(word 1,$(subst :, ,$(l))),$(n)))))
MAN += $(wildcard man/man3/*.3)

# Tests: each C file of libukfs/tests is a program.  The unit tests see the library's inside.
UKFS_TESTS := $(patsubst libukfs/tests/%.c,$(B)/tests/%,$(wildcard libukfs/tests/*.c))
UKFS_UNIT_OBJS := $(call objs,$(patsubst %,libukfs/%.c,options idmap log error listing))

$(UKFS_TESTS): $(B)/tests/%: $(B)/obj/libukfs/tests/%.o $(B)/lib/libukfs.so $(B)/vars/link
	@mkdir -p $(@D)
	$(CC) $(ldflags) -o $@ $(filter %.o,$^) -L$(B)/lib -lukfs -lrump -lrumpuser -lcmocka \
		-Wl,-rpath-link,$(B)/lib
$(B)/tests/ukfs_unit: $(UKFS_UNIT_OBJS)
$(B)/obj/libukfs/tests/ukfs_unit.o: private cppflags += -Ilibukfs

check-programs: $(UKFS_TESTS)
