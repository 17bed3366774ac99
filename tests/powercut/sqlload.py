# SPDX-License-Identifier: GPL-2.0-or-later
"""
SQLite under load: a thread for each way to commit, transactions as fast as they are synced, and
what must be in the databases after a crash.

sqlload.py run FOLDER CLOCK: until standard input ends; "WAY N SIZE" for each commit, with the size
that the file CLOCK has then.  sqlload.py check FOLDER WAY=N...: what does not hold, a line each.
Load is that for its callers: SQLite knows files by their numbers in a process, so that one which
has seen a mount die must not open what comes after it.

Every transaction n adds the rows of n and sets the counter to n, so a database is whole where its
rows are exactly those up to its counter, and durable where the counter has reached what was
acknowledged.  A DELETE journal needs EXTRA for that, as SQLite documents.
"""
import hashlib
import os
import sqlite3
import subprocess
import sys
import threading

WAYS = {"wal": "FULL", "truncate": "FULL", "delete": "EXTRA"}
ROWS = 4


def body(n, part):
    seed = hashlib.sha256(f"{n} {part}".encode()).digest()
    return seed * (1 + seed[0] % 60)


def connect(folder, way):
    db = sqlite3.connect(os.path.join(folder, way + ".db"), isolation_level=None)
    db.execute(f"PRAGMA journal_mode={way}")
    db.execute(f"PRAGMA synchronous={WAYS[way]}")
    db.execute("PRAGMA wal_autocheckpoint=100")
    return db


def counter(db):
    """Of the last transaction; 0 where there is not even a table."""
    if not db.execute("SELECT name FROM sqlite_master WHERE name='counter'").fetchone():
        return 0
    return db.execute("SELECT n FROM counter").fetchone()[0]


def prepare(db):
    if counter(db) == 0:
        db.execute("BEGIN")
        db.execute("CREATE TABLE IF NOT EXISTS t (n, part, body, PRIMARY KEY (n, part))")
        db.execute("CREATE TABLE IF NOT EXISTS counter (n)")
        db.execute("DELETE FROM counter")
        db.execute("INSERT INTO counter VALUES (0)")
        db.execute("COMMIT")


def committed():
    """How many transactions of each way are acknowledged up to now."""
    with open("sql.acks", encoding="ascii") as f:
        ways = [line.split(" ", 1)[0] for line in f]
    return {way: ways.count(way) for way in WAYS}


class Load:
    """The processes, and what they acknowledge: (n, position) by way."""

    def __init__(self, folder, clock):
        self.acks = {way: [] for way in WAYS}
        with open("sql.acks", "wb") as out:
            self.process = subprocess.Popen([sys.executable, __file__, "run", folder, clock],
                                            stdin=subprocess.PIPE, stdout=out,
                                            stderr=subprocess.PIPE, text=True)

    def stop(self):
        """Returns SQLite's complaints, as of a server that was killed under it."""
        errors = self.process.communicate()[1]
        with open("sql.acks", encoding="ascii") as f:
            for way, n, position in map(str.split, f):
                self.acks[way].append((int(n), int(position)))
        return errors

    def due(self, position):
        return {way: max((n for n, at in acks if at <= position), default=0)
                for way, acks in self.acks.items()}

    def check(self, folder, position):
        """What is wrong in the databases, as they are found in a folder."""
        due = [f"{way}={n}" for way, n in self.due(position).items()]
        p = subprocess.run([sys.executable, __file__, "check", folder, *due], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return p.stdout


def commit_for_ever(folder, way, clock, stopping):
    try:
        db = connect(folder, way)
        prepare(db)
        n = counter(db)
        while not stopping.is_set():
            n += 1
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO t VALUES (?, ?, ?)",
                           [(n, part, body(n, part)) for part in range(ROWS)])
            db.execute("UPDATE counter SET n=?", (n,))
            db.execute("COMMIT")
            os.stat(folder)     # SQLite passes over a folder that is gone when it should sync it
            os.write(1, f"{way} {n} {os.stat(clock).st_size}\n".encode())
        db.close()
    except (sqlite3.Error, OSError) as e:
        print(f"{way}: {e}", file=sys.stderr)


def run(folder, clock):
    stopping = threading.Event()
    threads = [threading.Thread(target=commit_for_ever, args=(folder, way, clock, stopping))
               for way in WAYS]
    for t in threads:
        t.start()
    sys.stdin.read()
    stopping.set()
    for t in threads:
        t.join()


def check_database(folder, way, due):
    if not os.path.exists(os.path.join(folder, way + ".db")):
        if due:
            yield f"{way}.db is not there, {due} transactions were acknowledged"
        return
    db = connect(folder, way)
    integrity = db.execute("PRAGMA integrity_check").fetchone()[0]
    if integrity != "ok":
        yield f"{way}.db: integrity check: {integrity}"
        return
    n = counter(db)
    if n < due:
        yield f"{way}.db: ends with transaction {n}, acknowledged was {due}"
    rows = db.execute("SELECT n, part, body FROM t ORDER BY n, part").fetchall() if n else []
    if rows != [(i, part, body(i, part)) for i in range(1, n + 1) for part in range(ROWS)]:
        yield f"{way}.db: {len(rows)} rows are not those of {n} transactions"
    db.close()


def check(folder, due):
    for way, n in due:
        try:
            for sentence in check_database(folder, way, int(n)):
                print(sentence)
        except sqlite3.Error as e:
            print(f"{way}.db: {e}, {n} transactions were acknowledged")


if __name__ == "__main__":
    if sys.argv[1] == "run":
        run(sys.argv[2], sys.argv[3])
    else:
        check(sys.argv[2], [arg.split("=") for arg in sys.argv[3:]])
