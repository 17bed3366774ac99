// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What goes wrong in a copy: things the target cannot hold, files that cannot be read, and the
 * errors after which going on makes no sense.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"

static const struct {
	const char *name;
	bool each;		/* told each time; else once, and summed up at the end */
	const char *singular, *plural;
} kinds[LOSS_KINDS] = {
	[LOSS_OWNERS] = { "owners", false, "owner", "owners" },
	[LOSS_MODES] = { "modes", false, "file's permissions", "files' permissions" },
	[LOSS_TIMES] = { "times", false, "file's times", "files' times" },
	[LOSS_XATTRS] = { "xattrs", true, "extended attribute", "extended attributes" },
	[LOSS_ACLS] = { "acls", true, "ACL", "ACLs" },
	[LOSS_LINKS] = { "links", true, "link", "links" },
	[LOSS_DEVICES] = { "devices", true, "special file", "special files" },
	[LOSS_NAMES] = { "names", true, "name", "names" },
};

static bool is_fatal(int err)
{
	return err == ENOSPC || err == EDQUOT || err == EROFS || err == EIO || err == EUCLEAN ||
	       err == ESHUTDOWN;
}

static void copy_stop(struct copy *c, int err)
{
	if (!atomic_exchange(&c->stop, true))
		c->fatal = err;
	queue_stop(c->queue);
}

void copy_lost(struct copy *c, enum loss kind, const char *path, const char *what, int err)
{
	unsigned long long n;

	/* an attribute that does not fit is ENOSPC, too:
	 * if the disk is full, the next write says so */
	if (is_fatal(err) && (err != ENOSPC || (kind != LOSS_XATTRS && kind != LOSS_ACLS))) {
		copy_fatal(c, err, "write", path);
		return;
	}
	pthread_mutex_lock(&c->lock);
	n = c->losses[kind]++;
	pthread_mutex_unlock(&c->lock);
	if (!c->o.ignore[kind] && (kinds[kind].each || n == 0))
		fsu_message("%s: cannot keep its %s: %s", fsu_name(path), what, strerror(err));
	if (!c->o.ignore[kind] && c->o.strict)
		copy_stop(c, err);
}

void copy_unheld(struct copy *c, enum loss kind)
{
	pthread_mutex_lock(&c->lock);
	c->unheld[kind]++;
	pthread_mutex_unlock(&c->lock);
}

void copy_failed(struct copy *c, int err, const char *verb, const char *path)
{
	/* reading errors are a file's own; errors of writing are the target's */
	if (is_fatal(err) && strncmp(verb, "read", 4) != 0 && strcmp(verb, "stat") != 0) {
		copy_fatal(c, err, verb, path);
		return;
	}
	c->n.errors++;
	fsu_perror_verb(err, verb, path);
	if (c->o.strict)
		copy_stop(c, err);
}

void copy_fatal(struct copy *c, int err, const char *verb, const char *path)
{
	c->n.errors++;
	if (!c->stop && !(err == ENOSPC && c->o.quiet_full))
		fsu_perror_verb(err, verb, path);
	copy_stop(c, err);
}

bool copy_stopped(struct copy *c)
{
	return c->stop || fsu_interrupted();
}

static bool ignore_one(struct copy *c, const char *name, size_t len)
{
	bool all = len == 3 && strncmp(name, "all", 3) == 0, found = all;

	for (int k = 0; k < LOSS_KINDS; k++)
		if (all ||
		    (strlen(kinds[k].name) == len && strncmp(kinds[k].name, name, len) == 0)) {
			c->o.ignore[k] = true;
			found = true;
		}
	return found;
}

bool copy_parse_ignore(struct copy *c, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, ",");

		if (len && !ignore_one(c, list, len)) {
			fsu_usage("--ignore knows owners, modes, times, xattrs, acls, links, "
				  "devices, names and all, not '%.*s'", (int)len, list);
			return false;
		}
		list += len;
		if (*list)
			list++;
	}
	return true;
}

/* "3 owners and 1 file's permissions could not be kept: vfat has none" */
static void report_unheld(struct copy *c)
{
	char text[256] = "";
	size_t len = 0;

	for (int k = 0; k < LOSS_KINDS; k++) {
		if (!c->unheld[k] || c->o.ignore[k])
			continue;
		snprintf(text + len, sizeof(text) - len, "%s%llu %s", len ? " and " : "",
			 c->unheld[k], c->unheld[k] == 1 ? kinds[k].singular : kinds[k].plural);
		len = strlen(text);
	}
	if (len)
		fsu_message("%s could not be kept: %s has none", text, ukfs_fstype(c->u));
}

void copy_report_losses(struct copy *c)
{
	report_unheld(c);
	if (c->special)
		fsu_message("--no-special left out %llu set-user-ID or set-group-ID bits, device "
			    "nodes, capabilities and trusted attributes", c->special);
	for (int k = 0; k < LOSS_KINDS; k++) {
		unsigned long long n = c->losses[k];

		if (!n)
			continue;
		if (!c->o.ignore[k])
			c->n.errors++;
		if (c->o.ignore[k] ? c->o.verbose : n > 1)
			fsu_message("%llu %s could not be kept%s", n,
				    n == 1 ? kinds[k].singular : kinds[k].plural,
				    c->o.ignore[k] ? " (ignored)" : "");
	}
}
