/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of those options of fsu_diff that have no letter.
 */
#ifndef FSU_DIFF_H
#define FSU_DIFF_H

enum { KEY_WITH = 256, KEY_LABEL, KEY_NORMAL, KEY_NO_DEREFERENCE, KEY_STRIP, KEY_SUPPRESS,
       KEY_COLOR, KEY_CONTEXT, KEY_UNIFIED };

#endif
