-- The first schema. Applied once, never edited: a later change is a new file.
PRAGMA application_id = 1397050446; -- "SELN"

CREATE TABLE party (
  row  INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE submission (
  row             INTEGER PRIMARY KEY,      -- order of arrival
  id              TEXT NOT NULL UNIQUE,
  party           INTEGER NOT NULL REFERENCES party (row),
  transport       TEXT NOT NULL,
  name            TEXT NOT NULL,
  content         INTEGER NOT NULL,         -- 1 feed, 2 certificate
  received        INTEGER NOT NULL,         -- nanoseconds since 1970 UTC
  idempotency_key TEXT,
  state           INTEGER NOT NULL,         -- 0 open, 1 finished, 2 interrupted
  after_seq       INTEGER NOT NULL,         -- the last in use when it began
  length          INTEGER NOT NULL DEFAULT 0,
  sha256          BLOB,                     -- of the whole; absent unless finished
  receipt         BLOB                      -- block; absent while open
) STRICT;
CREATE INDEX submission_bytes ON submission (party, sha256) WHERE state = 1;
CREATE INDEX submission_key ON submission (party, idempotency_key) WHERE idempotency_key IS NOT NULL AND state = 1;
CREATE INDEX submission_party ON submission (party, row) WHERE state <> 0;
CREATE INDEX submission_open ON submission (state) WHERE state = 0;

CREATE TABLE chunk (
  submission INTEGER NOT NULL REFERENCES submission (row),
  number     INTEGER NOT NULL,              -- from 0
  length     INTEGER NOT NULL,              -- before compression, at most 1 MiB
  bytes      BLOB NOT NULL,                 -- zstd
  PRIMARY KEY (submission, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (
  seq          INTEGER PRIMARY KEY,         -- the first of its range
  observations INTEGER NOT NULL,            -- the range is max(1, observations) wide
  submission   INTEGER NOT NULL REFERENCES submission (row),
  at           INTEGER NOT NULL,            -- nanoseconds since 1970 UTC
  party        INTEGER NOT NULL REFERENCES party (row),
  kind         INTEGER NOT NULL,            -- 1 message, 2 any other entry
  key          BLOB,                        -- 16 bytes, messages only
  block        BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entry_key ON entry (party, key) WHERE key IS NOT NULL;
