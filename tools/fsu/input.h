/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files to read as streams, wherever they are, so that the commands that read need no I/O of their
 * own.  A tree is an image's, or with `u' NULL the host's.
 */
#ifndef FSU_INPUT_H
#define FSU_INPUT_H

#include "fsu.h"

/* A regular file as a stream; "-" is standard input.  NULL with errno, EISDIR for a directory,
 * ENXIO for what has no content of its own (devices, FIFOs, sockets). */
FILE *fsu_fopen(struct ukfs *u, const char *path);
void fsu_fclose(FILE *f);
/* The name of an operand in messages and headings. */
const char *fsu_input_name(const char *path);
/* Bytes from the stream's position on to standard output, at most `limit'.  0 or an errno. */
int fsu_copy_out(FILE *f, uint64_t limit);
/* The stream itself where it can be sought in, else a temporary file with its content, which takes
 * the stream's place.  NULL with errno. */
FILE *fsu_seekable(FILE *f, off_t *size);

/* The same calls on both kinds of tree: 0 or an errno. */
int fsu_tree_stat(struct ukfs *u, const char *path, bool follow, struct stat *st);
int fsu_tree_names(struct ukfs *u, const char *path, struct fsu_names *names);
/* malloc'd, NULL with errno */
char *fsu_tree_readlink(struct ukfs *u, const char *path);

/* Whether a glob is a path's name,
 * or any part of the path that begins behind a slash and ends it. */
bool fsu_glob_suffix(const char *glob, const char *path);
/* "10", "4K", "1MB", "2b" as head, tail and cmp take them; too much is UINT64_MAX. */
bool fsu_parse_count(const char *s, uint64_t *n);

/* Whether texts are POSIX's own: some programs have other words there. */
bool fsu_posix_locale(int category);

/* A path that begins with "host:" is one of the host:
 * returns the rest of it and sets *u to NULL. */
const char *fsu_host_path(const char *path, struct ukfs **u);
/* Before fsu_mount: those of these paths that are on the host will be read; `links': and what
 * symbolic links below them lead to. */
void fsu_keep_host_paths(char **paths, int n, bool links);

#endif
