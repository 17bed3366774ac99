// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modules: found by name, alias or path, refused for what they are.  The libraries are made here.
 * needs: cc
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <rump/rumpuser.h>

#define ABI "6.12.0-test"

static void thread_exit(void *task)
{
	(void)task;
}

static const struct rumpuser_upcalls upcalls = { .thread_exit = thread_exit };

/* Compile `source` to the library `file`. */
static void make_module(const char *file, const char *source)
{
	char command[256];
	FILE *cc;

	snprintf(command, sizeof(command), "cc -shared -fPIC -x c -o %s -", file);
	cc = popen(command, "w");
	assert_non_null(cc);
	fputs(source, cc);
	assert_int_equal(pclose(cc), 0);
}

#define NOTE(abi) \
	"__attribute__((section(\".note.rump\"), used, aligned(4))) static const struct {" \
	"unsigned n, d, t; char name[8], desc[32]; } note = { 5, sizeof(\"" abi "\"), 1, " \
	"\"rump\",\"" abi "\" };"
#define CONSTRUCTOR \
	"#include <stdlib.h>\n__attribute__((constructor)) static void run(void)" \
	"{ setenv(\"RAN\", \"1\", 1); }\n"

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	mkdir("mods", 0755);
	mkdir("empty", 0755);
	make_module("mods/good.so", CONSTRUCTOR NOTE(ABI) "int rump_module = 42;");
	make_module("mods/other.so", CONSTRUCTOR NOTE("6.1.0-test") "int rump_module = 43;");
	make_module("mods/plain.so", CONSTRUCTOR "int rump_module = 44;");
	make_module("mods/nosym.so", NOTE(ABI) "extern int absent_symbol(void);"
		    "int rump_module; int f(void) { return absent_symbol(); }");
	make_module("mods/noentry.so", NOTE(ABI) "int other;");
	write_file("mods/text.so", "This is no library at all, only a text of some length, so that"
		   " there is enough of it for a header.");
	write_file("mods/rump-modules", "# comment\n\ngood good.so\nfs-good good.so # why\n"
		   "nls_utf8 good.so\ngone gone.so\nother other.so\nplain plain.so\n"
		   "nosym nosym.so\nnoentry noentry.so\ntext text.so");
	setenv("RUMP_MODULE_PATH", "absent:empty:mods", 1);
	return rumpuser_init(RUMPUSER_VERSION, &upcalls);
}

static int load(const char *name, int **module, char *err)
{
	unsetenv("RAN");
	strcpy(err, "untouched");
	return rumpuser_module_load(name, ABI, (void **)module, err, 256);
}

static void found_by_name_alias_and_path(void **state)
{
	static const char *const names[] = { "./mods/good.so", "good", "fs-good", "fs_good",
					     "nls-utf8" };
	char err[256];
	unsigned int i;
	int *module;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		module = NULL;
		assert_int_equal(load(names[i], &module, err), 0);
		assert_int_equal(*module, 42);
	}
}

/* A process that has given up its files asks for a module again. */
static void a_loaded_module_needs_no_files(void **state)
{
	int *first, *second = NULL;
	char err[256];

	(void)state;
	assert_int_equal(load("fs-good", &first, err), 0);
	setenv("RUMP_MODULE_PATH", "absent", 1);
	assert_int_equal(load("fs_good", &second, err), 0);
	assert_ptr_equal(first, second);
	setenv("RUMP_MODULE_PATH", "absent:empty:mods", 1);
}

static void refused(const char *name, int want, const char *why)
{
	char err[256];
	int *module = NULL;

	assert_int_equal(load(name, &module, err), want);
	assert_null(module);
	if (!strstr(err, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err);
	assert_null(getenv("RAN"));
}

static void absent_modules_are_enoent(void **state)
{
	(void)state;
	refused("nothing", ENOENT, "nothing: ");
	refused("goo", ENOENT, "goo: ");
	refused("gone", ENOENT, "gone.so: No such file");
	refused("./absent.so", ENOENT, "./absent.so: ");
}

/* No constructor of such a library runs: see refused(). */
static void foreign_libraries_are_refused_unseen(void **state)
{
	(void)state;
	refused("other", EPROTO, "6.1.0-test");
	refused("plain", ENOEXEC, "note");
	refused("text", ENOEXEC, "not a shared library");
	refused("/dev/null", ENOEXEC, "not a shared library");
}

static void broken_modules_are_enoexec(void **state)
{
	(void)state;
	refused("nosym", ENOEXEC, "absent_symbol");
	refused("noentry", ENOEXEC, "rump_module");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_name_alias_and_path),
		cmocka_unit_test(a_loaded_module_needs_no_files),
		cmocka_unit_test(absent_modules_are_enoent),
		cmocka_unit_test(foreign_libraries_are_refused_unseen),
		cmocka_unit_test(broken_modules_are_enoexec),
	};

	return cmocka_run_group_tests(tests, setup, NULL) ? 1 : 0;
}
