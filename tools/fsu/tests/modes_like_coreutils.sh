#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fsu_chmod, fsu_chown and fsu_chgrp do and say what those of coreutils do.
# run-as: root
# timeout: 600
# each: ext4
# each-full: xfs btrfs
. "$(dirname "$0")/changes.bash"

populate() {
	for d in a b c; do
		mkdir -p $d/sub/deep $d/empty
		echo x >$d/file; echo y >$d/sub/run; echo z >$d/sub/deep/last; : >"$d/sub/it's"
		: >"$d/sp ace"
		chmod 755 $d/sub/run; chmod 4711 $d/file; chmod 2755 $d/sub; chmod 1777 $d/empty
		ln -s file $d/link; ln -s sub $d/dlink; ln -s nowhere $d/dangling
		ln -s ../../file $d/sub/deep/up
		mkfifo $d/fifo; ln $d/sub/run $d/hard
		chown 1:2 $d/sub/run; chown 12345:54321 $d/sub/deep/last; chown -h 3:4 $d/link
	done
}
begin

for m in 644 755 4755 02755 00755 7777 0 1000 u+x go-w a=rx u=rwX,go=rX +x -x =r +w -w u=g g=u \
	o=u+x g+s u+s o+t +t ug+s \
	a-st u+rwx,g-w,o= u=rwxs,g=xs,o=x +X a+X -X u-s,g-s u=,g=,o= go=u-w a=,u+rw u+r-w+x ug=o \
	g=o,o-r; do
	try chmod -v $m a/file a/sub a/sub/run a/empty a/link "a/sp ace"
done
same_trees "chmod"
for m in 644 u+X,go-w 4755 g+s =; do
	try chmod -Rv $m b
	try chmod -Rc $m b
done
same_trees "chmod -R"
try chmod -c 600 a/file a/missing a/sub
try chmod -f 644 a/missing
try chmod -v 644 a/missing
try chmod 640 a/dangling
try chmod -v 640 a/dangling a/dlink
try chmod -R 750 a/dlink
try chmod -Rv 700 a/dlink/ a/link
try chmod --reference=a/sub/run -v a/file a/sub
try chmod --reference=a/missing a/file
try chmod --recursive --changes u=rwx,go=rx .
try chmod -R --preserve-root 755 /
try chmod -v -- -w a/file
try chmod -R -c a+x,o-x a "b/sp ace"
try chmod --verbose --silent 600 a/file a/none
(umask 077; try chmod -v +rwx a/file; try chmod -v =rwx a/sub; try chmod -w a/file
	echo $failures >"$dir/n"; echo $compared >>"$dir/n")
{ read -r failures; read -r compared; } <"$dir/n"
same_trees "chmod, more"

for o in bin bin:daemon :daemon 1 1:2 :77 4000000000:5 bin: : '' root:root +3:+4; do
	try chown -v "$o" a/file a/sub a/link a/sub/run
	try chown -hv "$o" a/link a/dangling a/fifo
done
try chown -c bin a/file a/sub/run a/hard
try chown -c bin a/file a/sub/run a/hard
try chown bin a/missing a/file
try chown -v bin a/missing
try chown bin a/dangling
try chown -f bin a/missing
try chown -R 10:20 b
try chown -Rv 11:21 b
try chown -Rc 11:22 b
try chown -RLv 12:23 b/dlink
try chown -RHv 13:24 b/dlink b/link
try chown -RPv 14:25 b/dlink
try chown -Rhv 15:26 b/sub
try chown -RHc 16 b
try chown -RL :27 b/sub
same_trees "chown"
try chown -v --from=root bin a/file a/sub
try chown -v --from=bin:daemon 5:6 a/file a/sub
try chown -v --from=:2 7 a/sub/run c/sub/run
try chown -Rv --from=12345 8:9 c
try chown -Rc --from=:54321 --no-dereference 8:9 c
try chown --reference=c/sub/run -v a/file
try chown --reference=c/missing a/file
try chown -R --preserve-root bin /
try chown --dereference -v 31:32 c/link
for g in bin 5 '' +7; do
	try chgrp -v "$g" a/file a/sub a/link
	try chgrp -h -c "$g" a/link a/file
done
try chgrp -R daemon c
try chgrp -Rv bin c
try chgrp -RHv 40 c/dlink
try chgrp -RLc 41 c
try chgrp --reference=a/file -v c/file
try chgrp bin c/none
same_trees "chown and chgrp, more"
end
