// SPDX-License-Identifier: GPL-2.0-or-later
/* The data of a file that is copied inside the image: by the kernel where it can, so that blocks
 * are shared or never leave the kernel side. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>

#include "sink.h"

/* Copy [off, end) of one file of the image to another, by the kernel where it can. */
static int kernel_range(struct sink *s, const struct item *i, off_t off, off_t end)
{
	struct copy *c = s->c;

	while (off < end && !copy_stopped(c)) {
		size_t len = end - off < (64 << 20) ? end - off : 64 << 20;
		off_t in = off, out = off;
		ssize_t n = ukfs_copy_file_range(c->u, i->from, &in, s->path.s, &out, len);

		if (n < 0)
			return errno;
		if (n == 0)
			break;
		off += n;
		c->n.bytes += n;
		progress_tick(c);
	}
	return copy_stopped(c) ? EINTR : 0;
}

/* The same where it cannot. */
static int plain_range(struct sink *s, const struct item *i, off_t off, off_t end)
{
	char *buf = queue_buffer(s->c->queue);
	bool zeros = false;
	ssize_t n = 0;

	while (off < end && !copy_stopped(s->c)) {
		size_t len = end - off < COPY_CHUNK ? end - off : COPY_CHUNK;

		n = ukfs_read(s->c->u, i->from, off, (uint8_t *)buf, len);
		if (n < 0)
			n = -errno;
		if (n <= 0)
			break;
		len = sink_run_length(buf, n, &zeros);
		if (!zeros || s->c->o.sparse != COPY_ALWAYS)
			n = s->to->pwrite(s->c, s->fd, buf, zeros ? n : (ssize_t)len, off);
		else
			n = len;
		if (n <= 0)
			break;
		off += n;
		s->c->n.bytes += n;
		progress_tick(s->c);
	}
	free(buf);
	return n < 0 ? -n : copy_stopped(s->c) ? EINTR : 0;
}

/* --reflink=always: share all blocks or fail. */
static int share_all(struct sink *s, const struct item *i)
{
	int from = ukfs_open(s->c->u, i->from, O_RDONLY | O_NONBLOCK), err;

	if (from < 0)
		return errno;
	err = ukfs_fioctl(s->c->u, s->fd, FICLONE, from) ? errno : 0;
	ukfs_close(s->c->u, from);
	if (!err)
		s->length = i->st.st_size;
	return err;
}

int sink_copy_inside(struct sink *s, const struct item *i)
{
	struct copy *c = s->c;
	bool by_hand = c->o.reflink == COPY_NEVER || c->o.sparse != COPY_AUTO;
	off_t off = 0, data, hole;
	int err = 0;

	if (c->o.reflink == COPY_ALWAYS)
		return share_all(s, i);
	if (c->o.sparse == COPY_NEVER) {
		s->length = i->st.st_size;
		return plain_range(s, i, 0, i->st.st_size);
	}
	while (off < i->st.st_size && !err) {
		data = ukfs_lseek(c->u, i->from, off, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			break;
		data = data < 0 ? off : data;
		hole = ukfs_lseek(c->u, i->from, data, SEEK_HOLE);
		if (hole <= data)
			hole = i->st.st_size;
		err = by_hand ? EOPNOTSUPP : kernel_range(s, i, data, hole);
		if (err == EOPNOTSUPP || err == EXDEV || err == EINVAL || err == ENOSYS)
			err = plain_range(s, i, data, hole);
		off = hole;
		/* what ends in zeros that were left out gets its size later */
		if (off > s->length && c->o.sparse == COPY_AUTO)
			s->length = off;
	}
	return err;
}
