/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two parts of fsu_exec share: the namespace, and what runs in it. */
#ifndef FSU_EXEC_H
#define FSU_EXEC_H

#include <stdbool.h>

/*
 * From here on this process sees mounts of its own, and may mount.  Where that needs a user
 * namespace, the caller stays who it is, or is root in it where as_root.  False after an error,
 * which has been printed.
 */
bool fsu_exec_namespace(bool as_root);

/* The program that is executed next keeps the right to mount; without this call only root does.
 * False: errno says why. */
bool fsu_exec_keep_mount_right(void);

#endif
