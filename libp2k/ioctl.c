// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ioctl: commands whose argument is plain data.  Those with pointers or descriptors inside would
 * have them taken for the server's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <linux/fs.h>
#include <linux/fscrypt.h>
#include <linux/msdos_fs.h>

#include "internal.h"

static const unsigned int allowed[] = {
	FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_GETVERSION, FS_IOC_SETVERSION,
	FS_IOC_FSGETXATTR, FS_IOC_FSSETXATTR, FS_IOC_GETFSLABEL, FS_IOC_SETFSLABEL,
	FITRIM, FIGETBSZ,
	FAT_IOCTL_GET_ATTRIBUTES, FAT_IOCTL_SET_ATTRIBUTES, FAT_IOCTL_GET_VOLUME_ID,
	FS_IOC_GET_ENCRYPTION_POLICY, FS_IOC_SET_ENCRYPTION_POLICY, FS_IOC_GET_ENCRYPTION_PWSALT,
	FS_IOC_REMOVE_ENCRYPTION_KEY, FS_IOC_GET_ENCRYPTION_KEY_STATUS,
};

static bool is_allowed(unsigned int cmd)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (allowed[i] == cmd)
			return true;
	return false;
}

static long own_command(struct request *r, unsigned int cmd, void *data)
{
	const struct rump_server answer = { .server = r->p->args.server,
					    .monitor = r->p->args.monitor };

	if (cmd == RUMP_IOC_SYNC)
		return rump_vfs_sync(r->p->root);
	memcpy(data, &answer, sizeof(answer));
	return 0;
}

static long run(struct request *r, const struct fuse_ioctl_in *in, void *data)
{
	struct rump_file *file = p2k_file(in->fh), *own = NULL;
	long n = p2k_act(r, 0, RUMP_ID_FSETID);

	if (!n && !file)
		n = rump_vfs_open(p2k_target(r), O_RDONLY, &own);
	n = n ?: p2k_act_unchecked(r);
	if (!n)
		n = rump_vfs_ioctl(file ?: own, in->cmd, data);
	rump_vfs_close(own);
	return n;
}

void p2k_ioctl(struct request *r)
{
	const struct fuse_ioctl_in *in = r->arg;
	bool own = in->cmd == RUMP_IOC_SERVER || in->cmd == RUMP_IOC_SYNC;
	struct {
		struct fuse_ioctl_out out;
		char data[P2K_PAGE];
	} answer = { 0 };
	size_t out = _IOC_DIR(in->cmd) & _IOC_READ ? _IOC_SIZE(in->cmd) : 0;
	long n;

	if ((!own && !is_allowed(in->cmd)) || in->flags & FUSE_IOCTL_UNRESTRICTED ||
	    in->in_size > sizeof(answer.data) || r->len < sizeof(*in) + in->in_size) {
		p2k_reply_error(r, -ENOTTY);
		return;
	}
	memcpy(answer.data, in + 1, in->in_size);
	n = own ? own_command(r, in->cmd, answer.data) : run(r, in, answer.data);
	if (n < 0) {
		p2k_reply_error(r, n);
		return;
	}
	if (out > in->out_size)
		out = in->out_size;
	if (!own)			/* flags that are set are a change of the file */
		p2k_forget_attr(r);
	answer.out.result = n;
	p2k_reply(r, 0, &answer, sizeof(answer.out) + out);
}
