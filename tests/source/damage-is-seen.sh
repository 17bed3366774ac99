#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The comparison of the kernel tree finds a changed, an added and a deleted file.
# run-as: self
# needs: xz tar
. "$RUMP_TEST_LIB/common.sh"

fresh() {
	rm -rf tree
	mkdir -p tree/fs/ext4
	printf 'int a;\n' >tree/fs/ext4/a.c
	printf '#!/bin/sh\n' >tree/script
	chmod 755 tree/script
	ln -s fs/ext4 tree/link
}

# found TEXT: the comparison fails and says TEXT, and nothing else
found() {
	! "$LIB/cmptar" tree.tar.xz tree >out || fail "not noticed: $1"
	equal "$1" "$1" "$(grep -v compared out)"
}

fresh
tar -cJf tree.tar.xz tree
"$LIB/cmptar" tree.tar.xz tree

printf 'int b;\n' >tree/fs/ext4/a.c
found "changed: fs/ext4/a.c"
fresh
rm tree/fs/ext4/a.c
found "missing: fs/ext4/a.c"
fresh
touch tree/fs/ext4/b.c
found "added: fs/ext4/b.c"
fresh
mkdir tree/fs/new
found "added: fs/new"
fresh
chmod 644 tree/script
found "changed: script"
fresh
ln -sfn fs tree/link
found "changed: link"
