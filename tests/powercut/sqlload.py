# SPDX-License-Identifier: GPL-2.0-or-later
"""
SQLite under load: a thread for each way to commit, transactions as fast as they are synced, and what
must be in the databases after a crash.

Every transaction n adds the rows of n and sets the counter to n, so a database is whole where its
rows are exactly those up to its counter, and durable where the counter has reached what was
acknowledged.  A DELETE journal needs EXTRA for that, as SQLite documents.
"""
import hashlib
import os
import sqlite3
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


class Load:
    """position() is the moment that an acknowledgement gets."""

    def __init__(self, folder, position):
        self.folder, self.position = folder, position
        self.acks = {way: [] for way in WAYS}       # (n, position)
        self.errors = []
        self.stopping = False
        self.threads = [threading.Thread(target=self._run, args=(way,)) for way in WAYS]

    def start(self):
        for t in self.threads:
            t.start()

    def stop(self):
        self.stopping = True
        for t in self.threads:
            t.join()

    def _run(self, way):
        try:
            db = connect(self.folder, way)
            prepare(db)
            n = counter(db)
            while not self.stopping:
                n += 1
                db.execute("BEGIN IMMEDIATE")
                db.executemany("INSERT INTO t VALUES (?, ?, ?)",
                               [(n, part, body(n, part)) for part in range(ROWS)])
                db.execute("UPDATE counter SET n=?", (n,))
                db.execute("COMMIT")
                self.acks[way].append((n, self.position()))
            db.close()
        except (sqlite3.Error, OSError) as e:       # a server that was killed under it
            self.errors.append(f"{way}: {e}")

    def check(self, folder, position):
        """Sentences about what is wrong in the databases, as they are found in a folder."""
        for way, acks in self.acks.items():
            due = max((n for n, at in acks if at <= position), default=0)
            try:
                yield from check_database(folder, way, due)
            except sqlite3.Error as e:
                yield f"{way}.db: {e}, {due} transactions were acknowledged"


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
