// SPDX-License-Identifier: GPL-2.0-or-later
/* Fifos, sockets and device nodes, in the middle of a file system. */
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "suite.h"

static void fifos(void)
{
	char buf[8] = "";
	pid_t pid;
	int fd;

	call("mkfifo", "ok", mkfifo("p", 0640));
	shows("shape", text("fifo 0640 %u:%u links 1 size 0", geteuid(), getegid()), "%s",
	      shape("p"));
	call("again", "EEXIST", mkfifo("p", 0640));
	opens_shut("write without reader", "ENXIO", open("p", O_WRONLY | O_NONBLOCK));
	fd = opens("read without writer", "ok", open("p", O_RDONLY | O_NONBLOCK));
	call("nothing to read", "ok", read(fd, buf, 8));
	shut(fd);
	pid = must(fork());
	if (pid == 0) {
		must(write(must(open("p", O_WRONLY)), "through", 7));
		leave();
	}
	fd = must(open("p", O_RDONLY));
	call("read between processes", "7", read(fd, buf, 8));
	shows("it is", "through", "%.7s", buf);
	reap(pid);
	call("the end", "ok", read(fd, buf, 8));
	call("seek", "ESPIPE", lseek(fd, 0, SEEK_SET));
	call("ftruncate", "EINVAL", ftruncate(fd, 0));
	call("truncate", "EINVAL", truncate("p", 0));
	must(rename("p", "q"));
	shows("still a fifo", "fifo", "%s", kind("q"));
}

static int local_address(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof(a->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void sockets(void)
{
	struct sockaddr_un a;
	int server, client, peer;
	char buf[8] = "";

	server = local_address(&a, "s");
	client = local_address(&a, "s");
	call("connect to nothing", "ENOENT", connect(client, (void *)&a, sizeof(a)));
	umask(027);
	call("bind", "ok", bind(server, (void *)&a, sizeof(a)));
	umask(022);
	shows("shape", text("socket 0750 %u:%u links 1 size 0", geteuid(), getegid()), "%s",
	      shape("s"));
	call("connect before listen", "ECONNREFUSED", connect(client, (void *)&a, sizeof(a)));
	must(listen(server, 5));
	call("connect", "ok", connect(client, (void *)&a, sizeof(a)));
	peer = must(accept(server, NULL, NULL));
	must(write(client, "hello", 5));
	call("read", "5", read(peer, buf, 8));
	call("bind to an existing name", "EADDRINUSE",
	     bind(local_address(&a, "s"), (void *)&a, sizeof(a)));
	opens_shut("open", "ENXIO", open("s", O_RDWR));
	must(rename("s", "t"));
	peer = local_address(&a, "t");
	call("connect after rename", "ok", connect(peer, (void *)&a, sizeof(a)));
	must(unlink("t"));
	peer = local_address(&a, "t");
	call("connect after unlink", "ENOENT", connect(peer, (void *)&a, sizeof(a)));
	make("f", "");
	peer = local_address(&a, "f");
	call("connect to a file", "ECONNREFUSED", connect(peer, (void *)&a, sizeof(a)));
}

static void socket_rights(void)
{
	struct sockaddr_un a;
	int server = local_address(&a, "s");

	must(bind(server, (void *)&a, sizeof(a)));
	must(listen(server, 5));
	must(chmod("s", 0755));
	if (child_as(&bob)) {
		call("connect by one who may not write", "EACCES",
		     connect(local_address(&a, "s"), (void *)&a, sizeof(a)));
		leave();
	}
	must(chmod("s", 0777));
	if (child_as(&bob)) {
		call("connect by one who may", "ok",
		     connect(local_address(&a, "s"), (void *)&a, sizeof(a)));
		leave();
	}
}

static void devices(void)
{
	char buf[4] = "xxx";
	int fd;

	call("null", "ok", mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	call("zero", "ok", mknod("zero", S_IFCHR | 0666, makedev(1, 5)));
	call("large numbers", "ok", mknod("large", S_IFBLK | 0600, makedev(259, 200000)));
	call("largest numbers", NULL, mknod("largest", S_IFBLK | 0600, makedev(4095, 1048575)));
	call("block", "ok", mknod("block", S_IFBLK | 0660, makedev(7, 200)));
	shows("null is", "character device 0644 0:0 links 1 device 103", "%s", shape("null"));
	shows("large is", "block device 0600 0:0 links 1 device 30d10340", "%s", shape("large"));
	fd = opens("open of zero", "ok", open("zero", O_RDWR));
	call("read", "4", read(fd, buf, 4));
	shows("it is", "0", "%d", buf[0] | buf[1] | buf[2]);
	opens_shut("open of null to truncate", "ok", open("null", O_WRONLY | O_TRUNC));
	opens_shut("open of a device that is not there", "ENXIO", open("large", O_RDONLY));
	call("mknod of an existing name", "EEXIST", mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	call("mknod of a directory", "EPERM|EINVAL", mknod("dir", S_IFDIR | 0755, 0));
	call("mknod of a file", "ok", mknod("file", S_IFREG | 0644, 0));
	call("mknod of a socket", "ok", mknod("socket", S_IFSOCK | 0644, 0));
	call("mknod of a strange type", "EINVAL", mknod("strange", 0150000 | 0644, 0));
	shows("kinds", "file socket", "%s %s", kind("file"), kind("socket"));
	must(chmod(".", 0777));
	if (child_as(&alice)) {
		call("mknod by an ordinary user", "EPERM",
		     mknod("mine", S_IFCHR | 0666, makedev(1, 3)));
		call("mkfifo by an ordinary user", "ok", mkfifo("pipe", 0644));
		leave();
	}
}

const struct part special_parts[] = {
	{"fifo", fifos, NEEDS_SPECIAL},
	{"socket", sockets, NEEDS_SPECIAL},
	{"socket-rights", socket_rights, NEEDS_ROOT | NEEDS_SPECIAL},
	{"device", devices, NEEDS_ROOT | NEEDS_SPECIAL},
	{0}
};
