// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that the file system encrypts (fscrypt) or vouches for (fs-verity), by the requests that
 * any program makes, on images.
 *
 * sealed put IMAGE DIR KEY TREE: make DIR, encrypted by KEY, and copy the files of the host's
 * folder TREE into it.  sealed get IMAGE DIR KEY OUT: copy what is in DIR to the host's OUT, then
 * take the key away and expect DIR to be locked.  sealed locked IMAGE DIR TREE: without the key DIR
 * has as many files as TREE, but no name of TREE, and no file that can be opened or made.
 * sealed verity IMAGE FILE: enable it, and print the digest as fsverity(1) does.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/fscrypt.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ukfstest.h"

#define MAXSIZE (1 << 22)

static uint8_t buf[MAXSIZE];

/* ---- keys --------------------------------------------------------------------------------- */

/* 64 bytes of a word, which is how its key is made in shell too (features.sh). */
static struct fscrypt_key_specifier add_key(struct ukfs *u, const char *word)
{
	struct fscrypt_add_key_arg *arg = calloc(1, sizeof(*arg) + 64);
	struct fscrypt_key_specifier spec;
	size_t i;

	if (!arg)
		die("out of memory");
	arg->key_spec.type = FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER;
	arg->raw_size = 64;
	for (i = 0; i < 64; i++)
		arg->raw[i] = word[i % strlen(word)];
	if (ukfs_ioctl(u, "/", FS_IOC_ADD_ENCRYPTION_KEY, arg))
		die("add key: %s", ukfs_errmsg());
	spec = arg->key_spec;
	free(arg);
	return spec;
}

static void remove_key(struct ukfs *u, const struct fscrypt_key_specifier *spec)
{
	struct fscrypt_remove_key_arg arg = { .key_spec = *spec };

	if (ukfs_ioctl(u, "/", FS_IOC_REMOVE_ENCRYPTION_KEY, &arg))
		die("remove key: %s", ukfs_errmsg());
	if (arg.removal_status_flags)
		die("remove key: status %#x: files are busy", arg.removal_status_flags);
}

static void encrypt(struct ukfs *u, const char *dir, const struct fscrypt_key_specifier *spec)
{
	struct fscrypt_policy_v2 policy = {
		.version = FSCRYPT_POLICY_V2,
		.contents_encryption_mode = FSCRYPT_MODE_AES_256_XTS,
		.filenames_encryption_mode = FSCRYPT_MODE_AES_256_CTS,
		.flags = FSCRYPT_POLICY_FLAGS_PAD_32,
	};

	memcpy(policy.master_key_identifier, spec->u.identifier, FSCRYPT_KEY_IDENTIFIER_SIZE);
	if (ukfs_mkdir(u, dir, 0755))
		die("mkdir %s: %s", dir, ukfs_errmsg());
	if (ukfs_ioctl(u, dir, FS_IOC_SET_ENCRYPTION_POLICY, &policy))
		die("encrypt %s: %s", dir, ukfs_errmsg());
}

/* ---- the files ---------------------------------------------------------------------------- */

static void join(char *p, size_t size, const char *dir, const char *name)
{
	if (snprintf(p, size, "%s/%s", dir, name) >= (int)size)
		die("%s/%s: too long", dir, name);
}

/* Call fn for the files of the host's folder; how many there are. */
static int each_host_file(const char *folder, struct ukfs *u, const char *dir,
			  void (*fn)(struct ukfs *u, const char *inside, const char *outside))
{
	char inside[4096], outside[4096];
	DIR *d = opendir(folder);
	struct dirent *e;
	int n = 0;

	if (!d)
		die("%s: %s", folder, strerror(errno));
	while ((e = readdir(d))) {
		if (e->d_type != DT_REG)
			continue;
		join(inside, sizeof(inside), dir, e->d_name);
		join(outside, sizeof(outside), folder, e->d_name);
		fn(u, inside, outside);
		n++;
	}
	closedir(d);
	return n;
}

static int each_image_file(struct ukfs *u, const char *dir, const char *folder,
			   void (*fn)(struct ukfs *u, const char *inside, const char *outside))
{
	char inside[4096], outside[4096];
	struct ukfs_dir *d = ukfs_opendir(u, dir);
	struct ukfs_dirent *e;
	int n = 0;

	if (!d)
		die("%s: %s", dir, ukfs_errmsg());
	while ((e = ukfs_readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		join(inside, sizeof(inside), dir, e->d_name);
		join(outside, sizeof(outside), folder, e->d_name);
		fn(u, inside, outside);
		n++;
	}
	ukfs_closedir(d);
	return n;
}

static void copy_in(struct ukfs *u, const char *inside, const char *outside)
{
	int fd = open(outside, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));

	if (n < 0)
		die("%s: %s", outside, strerror(errno));
	close(fd);
	if (ukfs_create(u, inside, 0644) || ukfs_write(u, inside, 0, buf, n) != n)
		die("write %s: %s", inside, ukfs_errmsg());
}

static void copy_out(struct ukfs *u, const char *inside, const char *outside)
{
	ssize_t n = ukfs_read(u, inside, 0, buf, sizeof(buf));
	int fd;

	if (n < 0)
		die("read %s: %s", inside, ukfs_errmsg());
	fd = open(outside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, buf, n) != n || close(fd))
		die("%s: %s", outside, strerror(errno));
}

static void is_absent(struct ukfs *u, const char *inside, const char *outside)
{
	struct stat st;

	(void)outside;
	if (ukfs_stat(u, inside, &st) != -1 || errno != ENOENT)
		die("%s: its name is known without the key", inside);
}

static void is_locked(struct ukfs *u, const char *inside, const char *outside)
{
	struct stat st;

	(void)outside;
	if (ukfs_stat(u, inside, &st))
		die("stat %s: %s", inside, ukfs_errmsg());
	if (ukfs_read(u, inside, 0, buf, 1) != -1 || errno != ENOKEY)
		die("%s: not refused for want of a key", inside);
}

static int locked(struct ukfs *u, const char *dir, const char *tree)
{
	char p[4096];
	int wanted = each_host_file(tree, u, dir, is_absent);
	int n = each_image_file(u, dir, "", is_locked);

	if (n != wanted)
		die("%s: %d files without the key, not %d", dir, n, wanted);
	join(p, sizeof(p), dir, "new");
	if (ukfs_create(u, p, 0644) != -1 || errno != ENOKEY)
		die("%s: can be made without the key", p);
	return n;
}

/* ---- verity ------------------------------------------------------------------------------- */

static void verity(struct ukfs *u, const char *file)
{
	struct fsverity_enable_arg arg = {
		.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096,
	};
	struct fsverity_digest *digest = calloc(1, sizeof(*digest) + 64);
	int i;

	if (!digest)
		die("out of memory");
	digest->digest_size = 64;
	if (ukfs_ioctl(u, file, FS_IOC_ENABLE_VERITY, &arg))
		die("enable verity of %s: %s", file, ukfs_errmsg());
	if (ukfs_ioctl(u, file, FS_IOC_MEASURE_VERITY, digest))
		die("measure %s: %s", file, ukfs_errmsg());
	if (ukfs_write(u, file, 0, buf, 1) != -1 || errno != EPERM)
		die("%s: can be written to", file);
	printf("sha256:");
	for (i = 0; i < digest->digest_size; i++)
		printf("%02x", digest->digest[i]);
	printf(" %s\n", file);
	free(digest);
}

int main(int argc, char **argv)
{
	struct fscrypt_key_specifier spec;
	const char *what = argc > 1 ? argv[1] : "";
	struct ukfs *u;

	if (argc != (!strcmp(what, "verity") ? 4 : !strcmp(what, "locked") ? 5 : 6))
		die("usage: sealed put|get IMAGE DIR KEY FOLDER, locked IMAGE DIR FOLDER, verity "
		    "IMAGE FILE");
	u = must_mount(NULL, argv[2], 0);
	if (!strcmp(what, "verity")) {
		verity(u, argv[3]);
	} else if (!strcmp(what, "locked")) {
		printf("%d files\n", locked(u, argv[3], argv[4]));
	} else {
		spec = add_key(u, argv[4]);
		if (!strcmp(what, "put")) {
			encrypt(u, argv[3], &spec);
			each_host_file(argv[5], u, argv[3], copy_in);
		} else {
			each_image_file(u, argv[3], argv[5], copy_out);
			remove_key(u, &spec);
			locked(u, argv[3], argv[5]);
		}
	}
	must_release(u);
	return 0;
}
