#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# On a terminal no command prints a control character of a name, of an attribute, of a symbolic link
# or of the kernel's log: ASCII's, and C1 as UTF-8 and as single bytes.  In a pipe names stay.
# needs: mkfs.ext4 mkfs.btrfs
import os
import pty
import re
import subprocess
import sys
import tempfile

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
RUN = os.environ.get('RUN', os.path.join(TOP, 'run')).split()
EVIL = b'e\x1b]0;title\x07\xc2\x9b31m\x9b32m\nz'
# what a terminal's driver makes of a line's end, and tabs
CONTROL = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\udc80-\udc9f]')
COMMANDS = '''
find IMG /
find IMG / -printf %p|%f|%l\\n
find IMG / -ls
tar IMG -t -f ARCHIVE
tar IMG -t -v -f ARCHIVE
tar -c -v -f NEW IMG /
tar -x -v -C /x -f ARCHIVE IMG
du IMG -a /
lsattr IMG -R /
lsattr IMG -l /d/EVIL
wc IMG /d/EVIL /d/plain
head IMG /d/EVIL /d/plain
tail IMG /d/EVIL /d/plain
md5sum IMG /d/EVIL
sha256sum IMG --tag /d/EVIL
getfacl IMG /d/EVIL
getfattr IMG -d /d/EVIL
stat IMG /d/EVIL
stat IMG -c %n|%N /d/EVIL /d/link
ls IMG -R /
ls IMG -lR /
tree IMG /
tree IMG -N /
readlink IMG /d/link
readlink IMG -f /d/EVIL
realpath IMG /d/EVIL
grep IMG -r text /d
grep IMG -rl text /d
diff IMG -r /d /e
diff IMG -s /d/EVIL host:EVIL
cmp IMG /d/EVIL /d/plain
chmod IMG -v 600 /d/EVIL
chown IMG -v 1:1 /d/EVIL
chattr IMG -V +A /d/EVIL
cp IMG -v /d/EVIL /x/EVIL
cp IMG -v --parents /d/EVIL /x
mv IMG -v /x/EVIL /x/mEVIL
ln IMG -sv EVIL /x/sEVIL
mkdir IMG -v /x/dEVIL
rm IMG -rv /x/mEVIL /x/dEVIL
rmdir IMG -v /d/EVIL
touch IMG /none/EVIL
put -q -v IMG EVIL /x
get -q -v IMG /d/EVIL HOST
ecp -q -v IMG :/d/EVIL HOST
cat IMG /none/EVIL
sh IMG -c cd\\ /dirEVIL;pwd
'''
failures = 0


def fail(*text):
    global failures
    failures += 1
    print('FAIL:', *text)


def on_terminal(argv, env=None):
    """What a terminal gets of a program."""
    pid, fd = pty.fork()
    if not pid:
        os.environ.update(env or {})
        os.execvp(argv[0], argv)
    out = b''
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
    os.close(fd)
    os.waitpid(pid, 0)
    return out


def check(what, out):
    text = out.replace(b'\r\n', b'\n').decode('utf-8', 'surrogateescape')
    found = CONTROL.search(text)
    if found:
        fail(what, 'printed', ascii(text[max(0, found.start() - 60):found.end() + 40]))


def make_image(path):
    host = path + b'.d'
    for d in (b'/d', b'/e', b'/x', b'/dir' + EVIL):
        os.makedirs(host + d)
    for name in (b'/d/' + EVIL, b'/d/plain', b'/e/' + EVIL):
        with open(host + name, 'wb') as f:
            f.write(b'text of ' + (b'one' if name[1:2] == b'd' else b'two') + name[-1:] + b'\n')
    os.setxattr(host + b'/d/' + EVIL, b'user.' + EVIL, b'value' + EVIL)
    os.symlink(EVIL, host + b'/d/link')
    os.truncate(path, 32 << 20)
    subprocess.run([b'mkfs.ext4', b'-q', b'-F', path], check=True)
    subprocess.run([*RUN, 'fsu_put', path, host + b'/.', '/'], check=True)
    return host


def main():
    tmp = tempfile.mkdtemp().encode()
    img, archive, label = tmp + b'/img', tmp + b'/a.tar', tmp + b'/btrfs'
    open(img, 'w').close()
    host = make_image(img)
    subprocess.run([*RUN, 'fsu_tar', img, '-c', '-f', archive, '/'], stderr=subprocess.DEVNULL,
                   check=True)
    words = {b'IMG': img, b'ARCHIVE': archive, b'NEW': tmp + b'/new.tar', b'HOST': tmp + b'/out'}
    os.mkdir(tmp + b'/out')
    os.chdir(host + b'/d')
    for line in COMMANDS.strip().split('\n'):
        argv = [words.get(w, w).replace(b'EVIL', EVIL).replace(b'\\ ', b' ')
                for w in re.split(rb'(?<!\\) ', line.encode())]
        out = on_terminal([*RUN, b'fsu_' + argv[0], *argv[1:]])
        check(line, out)
        if b'\\033' not in out and b'\\x1b' not in out and b'?' not in out and b'\\e' not in out:
            fail(line, 'did not show the name:', out[:200])
    piped = subprocess.run([*RUN, 'fsu_find', img, '/d'], stdout=subprocess.PIPE, check=True).stdout
    if b'/d/' + EVIL + b'\n' not in piped:
        fail('in a pipe the name is another:', piped)
    with open(label, 'w') as f:
        f.truncate(128 << 20)
    subprocess.run(['mkfs.btrfs', '-q', '-L', b'label\x1b[31m', label],
                   stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=True)
    out = on_terminal([*RUN, 'fsu_ls', label], {'RUMP_VERBOSE': '1'})
    check('the kernel\'s log', out)
    if b'label\\033' not in out:
        fail('the label is not in the log:', out[-400:])
    subprocess.run(['rm', '-rf', tmp], check=True)
    print('ok' if not failures else f'{failures} failures')
    return 1 if failures else 0


sys.exit(main())
