/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of makefs share: the tree that goes into the image, the table of types, the run's
 * options.  Errors are told where they happen; functions say by their result that they did.
 */
#ifndef MAKEFS_H
#define MAKEFS_H

#include "../fsu/copy/copy.h"
#include "../fsu/end.h"
#include "../fsu/programs.h"

/* ---- the tree ---------------------------------------------------------------------------- */

#define PIECE_ALIGN 4096	/* pieces of files are counted in whole blocks of this size */

struct inode {			/* what hard links share */
	struct inode *next;	/* all of a tree */
	struct stat st;
	struct xattr *xattrs;
	char *target;		/* of a symbolic link */
	char *host;		/* the host's file that has the data, or NULL: */
	off_t spool;		/* where it is in the spool */
	off_t data;		/* bytes, without the holes */
	unsigned long extents;	/* pieces that they are in */
};

struct node {			/* a name */
	struct node *parent, **children;
	size_t nchildren, room;
	struct inode *inode;
	char name[];
};

struct tree {
	struct node *root;
	struct inode *inodes;
	void *by_name, *by_number;	/* tsearch(3): nodes,
					   inodes of the host with several names */
	int spool;			/* an unnamed file with what archives held, or -1 */
	off_t spool_end;
	ino_t next_ino;			/* for what no host numbers */
	uint64_t bytes, files;		/* of data; names other than directories */
	struct stat image;		/* the unfinished one, which no source has */
	bool broken;			/* a source could not be read to its end */
};

/* The kernel opens a deep path in pieces, for each call anew. */
#define TREE_DEPTH 16384
#define TREE_DEPTH_TEXT "16384"

void tree_init(struct tree *t);
/* A new inode, of a number that no other has. */
struct inode *tree_inode(struct tree *t);
/* The node of a path; NULL where there is none. */
struct node *tree_find(const struct tree *t, const char *path);
/* The node of a path, made where there is none; so are directories on the way.  NULL: ".." is in
 * it, a part of it is no directory, or it is deeper than TREE_DEPTH. */
struct node *tree_make(struct tree *t, const char *path);
struct node *tree_child(struct tree *t, struct node *dir, const char *name);
/* Children in the order of their names, counts; times: the latest that a file may have, or the one
 * that all have; INT64_MAX and false: as they are. */
void tree_settle(struct tree *t, int64_t latest, bool all);

/* ---- where it comes from ------------------------------------------------------------------- */

struct words {			/* of a command line */
	char **list;
	int n;
};

struct options {
	const char *type, *manifest, *userdb, *table, *partitions;
	const struct type *fs;		/* that -t names */
	struct words mkfs_options;
	struct words given;		/* all of them, but for -P */
	unsigned int partition;		/* of a disk: what is the same each time differs by it, */
	uint64_t before;		/* and the bytes of the disk before it */
	uint64_t min, max, size;	/* bytes; 0: not given */
	uint64_t free_blocks, free_files;
	unsigned int free_blocks_percent, free_files_percent;
	int64_t time;			/* -T, or SOURCE_DATE_EPOCH */
	bool time_given, time_all;
	bool sparse, strict, confine;
	struct fsu_limits limits;
};

/* From a command line, with optind at the operands; the copier's own go to `c`.  FSU_OK; FSU_USAGE,
 * which has been told; or -1 where that was all (--help). */
int options_read(struct options *o, struct copy *c, int argc, char **argv);
/* The exit code where the image is there, without what was named. */
#define MAKEFS_INCOMPLETE 3

struct source {
	const char *path;	/* "-": standard input */
	int fd;			/* of an archive; -1: a directory */
};

struct sources {
	struct source *list;
	int n, manifest;	/* manifest: a descriptor */
};

/* Add a directory of the host.  The numbers of errors, which have been told. */
unsigned long scan_directory(struct tree *t, const char *path, bool one_fs);
/* Where the data of archives goes, which is opened before they are read. */
bool open_spool(struct tree *t);
/* Add the content of an archive or an mtree manifest. */
unsigned long read_archive(struct tree *t, const struct source *from, const struct options *o);
/* Add the entries of the mtree manifest o->manifest, open as `fd`; its files are in `dir`. */
unsigned long read_manifest(struct tree *t, int fd, const char *dir, const struct options *o);

/* What the command line names; false after an error, which has been told. */
bool sources_open(struct sources *s, struct tree *t, const struct options *o, char **paths, int n);
/* Gather all into the tree; the number of errors. */
unsigned long sources_read(struct sources *s, struct tree *t, const struct options *o,
			   bool one_fs);
/* Numbers of names, by the files passwd and group of --userdb's folder or by the host. */
bool userdb_open(const char *dir);
bool userdb_user(const char *name, uid_t *uid);
bool userdb_group(const char *name, gid_t *gid);

/* The tree as a source of the copier. */
void tree_side_use(const struct tree *t);
extern const struct side tree_side;

/* ---- types ------------------------------------------------------------------------------- */

#define LINKS_A_MOUNT 64

/* How much room things take that come out of the free space, in bytes. */
struct type_size {
	uint64_t min;			/* the smallest that its mkfs makes */
	unsigned int inode;		/* of each file; 0: mkfs made a table of them */
	unsigned int data;		/* of each file that is not empty, before its bytes */
	unsigned int entry, name;	/* directory entry:
					   fixed part, and for each 32 bytes of its name */
	unsigned int fill;		/* percent that large directories are filled to */
	bool a_name_each;		/* an inode has one name:
					   another takes the place of an inode */
	/* what the driver sets aside for each symbolic link and special file until its inode leaves
	 * memory; so that all do, the image is mounted anew after LINKS_A_MOUNT of them */
	unsigned int link_holds;
	unsigned int inline_dir, inline_link, inline_xattr, inline_data; /* go into the inode */
	unsigned int per_xattr;		/* where each is a file of its own:
					   that file's inode and entry */
	unsigned int per_mib, direct;	/* metadata for a MiB of data,
					   of files of more blocks than these */
	unsigned int per_extent;	/* for each piece of a file beyond the first few */
	bool solid, no_links;		/* it has no holes, no hard links */
	unsigned int copies;		/* of metadata, where that is a tree apart from data: */
	uint64_t apart;			/* the room there, which is not among what is free */
	uint64_t slack;			/* that the kernel does not give away */
};

struct type {
	const char *name, *program, *package;
	/* words for the program: %i the image, %n inodes, %r slots of FAT's root directory,
	 * %u a UUID, %h sectors before it, %d the tree's folder, %o how libext2fs finds it in a
	 * partition, %s a serial number, %_ a blank */
	const char *args;
	const char *mount;	/* options to mount with while it is filled */
	bool write_out;		/* file by file: the driver reserves room for what waits */
	/* the same for the same image each time: words, options, and what is run on the empty file
	 * system and on the full one */
	const char *fixed, *fixed_mount, *fixed_empty, *fixed_full;
	const char *gpt, *mbr;	/* partition types for sfdisk */
	bool builder;		/* %d: the tree's directory: made from it by the program alone */
	struct type_size size;
};

const struct type *type_find(const char *name);
void type_list(FILE *out);

/* Bytes that the tree takes in a file system with blocks of this size, and inodes. */
uint64_t size_needed(const struct tree *t, const struct type *type, uint64_t block);
/* The same of the entries of a directory alone. */
uint64_t size_directory(const struct node *dir, const struct type_size *s);
uint64_t size_inodes(const struct tree *t, const struct type *type);

/* ---- the image --------------------------------------------------------------------------- */

struct image {
	const struct options *o;
	const struct type *type;
	const char *name;	/* what the user called it */
	char *path;		/* it has another name until it is complete */
	int fd;
	uint64_t size;		/* of the file system */
	uint64_t inodes;
	unsigned int slots;	/* of 32 bytes, in the root directory */
	uint64_t start;		/* of the file system in the image */
	char *dir;		/* what a builder reads; NULL: the type has a driver */
	bool temporary;		/* it is filled by us, and removed */
};

/* Numbers or units: 64k, 10M, 2g, and b (512 bytes). */
bool parse_size(const char *s, uint64_t *n);

bool image_begin(struct image *i);
/* An empty file system of i->size. */
bool image_format(struct image *i);
/* Find the size for a tree and leave an empty file system of it. */
bool image_fit(struct image *i, const struct tree *t);
/* More, after it was too small after all.  False where the limit is reached: told. */
bool image_grow(struct image *i, const struct tree *t);
struct ukfs *image_mount(struct image *i);
/* The last changes, for an image that shall be the same each time; it is not mounted any more. */
bool image_settle(const struct image *i);
/* The image gets its name, or is removed. */
bool image_finish(struct image *i, bool good);

/* What the image is becomes the partition of a new table, of the kind o->table. */
bool disk_wrap(struct image *i);

#define DISK_ALIGN (1ull << 20)	/* where partitions begin and end */
uint64_t disk_align(uint64_t at);
/* A file for a table and partitions that end there. */
bool disk_resize(int fd, uint64_t end, bool gpt);

struct partition {
	uint64_t start, size;	/* bytes */
	char *fields;		/* sfdisk's others, separated by commas */
	bool has_uuid;		/* it is among them */
};

struct table {
	bool gpt;
	char *id;		/* or NULL */
	struct partition *list;
	int n;
};
/* Write a table into the image, whose size it fits. */
bool table_write(const struct table *t, const struct options *o);

/* An image with the partitions that the file o->partitions describes.  The exit code. */
int make_disk(const struct options *o, const char *image);

/* Whether the builder can have the directory as it is; else it gets a copy of the tree, and who is
 * not root makes that under fakeroot(1). */
bool build_direct(const struct options *o, const struct copy *c, char **sources, int n);
/* The directory that a builder gets of the tree; false after an error, which has been told. */
bool build_begin(struct image *i);
/* The image by the type's own builder, from i->dir, which the tree is copied to if that is ours. */
bool build(struct image *i, struct copy *c);

/* ---- programs ---------------------------------------------------------------------------- */

/* The words of a template, and what its % stand for (indexed by the letter). */
void words_add(struct words *w, const char *template, const char *const values[128]);
/* Those that a shell would see, with its variables.  NULL, or what is wrong with the text. */
const char *words_split(struct words *w, const char *text);
/* One word, which is the list's from then on. */
void words_append(struct words *w, char *word);
void words_free(struct words *w);
/* A file that holds `text`, for reading from its start; -1: no memory. */
int program_text(const char *text);
/* Whether a program did its work: false after a message, with what it wrote to `out`. */
bool program_judge(const struct words *w, const char *package, int err, int status, int out);
/* What programs find in their environment, and the kernel side in ours.  Called first. */
void program_environment(const struct options *o);
void program_path(void);	/* the part of it that all programs need */
/* makefs itself, for a partition of this number and place; its exit code. */
int run_makefs(struct words *w, unsigned int partition, uint64_t before);
/* Hash tables of the kernel side for so many inodes, where they are more than it is made for.
 * Called before it runs. */
void program_tables(uint64_t inodes);

/* ---- steps ------------------------------------------------------------------------------- */

/* The programs of an image: its mkfs or builder, what makes it the same each time (on the empty
 * and on the full file system), sfdisk; then the image gets its name. */
enum step { STEP_FORMAT, STEP_EMPTY, STEP_FULL, STEP_TABLE, STEP_FINISH, STEPS };

/* Steps are about this image from now on. */
void steps_use(struct image *i);
/* Run the step's program, if there is one, with `input` as its standard input; false after an
 * error, which has been told. */
bool step_run(enum step step, const char *input);
/* The last one: 0 or an errno value. */
int step_finish(void);
extern const struct fsu_program_rules step_rules;

/* Give up what the image does not need of the host, where o->confine says so; false after an error,
 * which has been told. */
bool confine(const struct image *i, const struct source *list, int n);

#endif
