// SPDX-License-Identifier: GPL-2.0-or-later
/* What the table of file systems (fs/table.toml) says of each type. */
#include <unistd.h>

#include "internal.h"

bool ukfsi_type_readonly(const char *type)
{
	static const struct { const char *name; bool writes; } types[] = {
#define FS_TYPE(name, writes) { name, writes },
#include "fs_table.h"
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i].name) == 0)
			return !types[i].writes;
	return false;
}

const char *ukfsi_type_kernel(const char *type, const char *running)
{
	static const struct { const char *name, *version; } kernels[] = {
#define FS_KERNEL(name, version) { name, version },
#include "fs_table.h"
	};
	const char *other = NULL;

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		if (strcmp(type, kernels[i].name) != 0)
			continue;
		if (strcmp(running, kernels[i].version) == 0)
			return NULL;
		other = kernels[i].version;
	}
	return other;
}

static const struct { const char *blkid, *kernel; } renamed[] = {
#define FS_BLKID(blkid, name) { blkid, name },
#include "fs_table.h"
};

const char *ukfsi_kernel_name(const char *blkid)
{
	for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (strcmp(blkid, renamed[i].blkid) == 0)
			return renamed[i].kernel;
	return blkid;
}

int ukfsi_blkid_names(char **names, int max)
{
	int n = 0;

	for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]) && n < max; i++)
		names[n++] = (char *)renamed[i].blkid;
	for (const char *const *t = ukfs_types(); *t && n < max; t++)
		names[n++] = (char *)*t;
	return n;
}

void ukfsi_type_asks(const char *type, int (*load)(const char *module))
{
	static const struct { const char *type, *module; } asks[] = {
#define FS_ASKS(name, module) { name, module },
#include "fs_table.h"
	};

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (strcmp(type, asks[i].type) == 0)
			load(asks[i].module);
}

static const struct { const char *type; enum ukfsi_flash kind; } flash[] = {
#define FS_FLASH(name, kind) { name, UKFSI_FLASH_##kind },
#include "fs_table.h"
};

enum ukfsi_flash ukfsi_flash_kind(const char *type)
{
	for (size_t i = 0; i < sizeof(flash) / sizeof(flash[0]); i++)
		if (strcmp(type, flash[i].type) == 0)
			return flash[i].kind;
	return UKFSI_FLASH_NONE;
}

bool ukfsi_is_container(const char *blkid)
{
	return ukfsi_flash_kind(ukfsi_kernel_name(blkid)) == UKFSI_FLASH_UBI;
}

bool ukfsi_erasemark(const char *type, const char *bytes, size_t size)
{
	static const struct { const char *type; size_t len; const char *bytes; } marks[] = {
#define FS_ERASEMARK(name, bytes) { name, sizeof(bytes) - 1, bytes },
#include "fs_table.h"
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strcmp(type, marks[i].type) == 0 && size >= marks[i].len &&
		    memcmp(bytes, marks[i].bytes, marks[i].len) == 0)
			return true;
	return false;
}

const char *ukfsi_type_by_magic(int fd, uint64_t start)
{
	static const struct {
		const char *name;
		off_t offset;
		size_t len;
		const char *bytes;
	} magic[] = {
#define FS_MAGIC(name, offset, bytes) { name, offset, sizeof(bytes) - 1, bytes },
#include "fs_table.h"
	};
	char found[16];

	for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
		if (pread(fd, found, magic[i].len,
			  start + magic[i].offset) == (ssize_t)magic[i].len &&
		    memcmp(found, magic[i].bytes, magic[i].len) == 0)
			return magic[i].name;
	return NULL;
}

const char *ukfsi_norecovery(const char *type, int err, const char *reason)
{
	static const struct { const char *type, *option; int err; const char *says; } without[] = {
#define FS_NORECOVERY(name, option, err, says) { name, option, err, says },
#include "fs_table.h"
	};

	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (strcmp(type, without[i].type) == 0 &&
		    (err == EACCES || (err == without[i].err && strstr(reason, without[i].says))))
			return without[i].option;
	return NULL;
}

static const struct { const char *type, *option; } devices[] = {
#define FS_DEVICES(name, option) { name, option },
#include "fs_table.h"
};

static bool is_device_option(size_t i, const char *word, size_t len)
{
	const char *option = strcmp(devices[i].option, ":") == 0 ? "device" : devices[i].option;

	return strncmp(word, option, len) == 0 && !option[len];
}

int ukfs_device_option(const char *option, size_t len)
{
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (is_device_option(i, option, len))
			return 1;
	return 0;
}

enum ukfsi_device ukfsi_device_option(const char *type, const char *option, size_t len)
{
	static const struct { const char *type, *option; enum ukfsi_device kind; } folders[] = {
#define FS_FOLDER(name, option, kind) { name, option, UKFSI_FOLDER_##kind },
#include "fs_table.h"
	};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (strcmp(devices[i].type, type) == 0 && is_device_option(i, option, len))
			return strcmp(devices[i].option, ":") == 0 ? UKFSI_DEVICE_SOURCE :
								     UKFSI_DEVICE_OPTION;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (strcmp(folders[i].type, type) == 0 &&
		    strncmp(folders[i].option, option, len) == 0 && !folders[i].option[len])
			return folders[i].kind;
	return UKFSI_DEVICE_NONE;
}
