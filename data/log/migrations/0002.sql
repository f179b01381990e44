-- Raw bytes can be erased.
--
-- Rows of `raw` are only ever appended and overwritten in place: SQLite then never moves one, so no
-- copy of it stays in the unused part of a page. Rows are deleted only when the whole file is
-- written anew right after.
CREATE TABLE raw (
  row        INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL REFERENCES submission (row),
  number     INTEGER NOT NULL,              -- from 0
  length     INTEGER NOT NULL,              -- before compression, at most 1 MiB
  bytes      BLOB NOT NULL                  -- zstd; zeros of the same length once erased
) STRICT;
INSERT INTO raw (submission, number, length, bytes)
  SELECT submission, number, length, bytes FROM chunk ORDER BY submission, number;
DROP TABLE chunk;
CREATE UNIQUE INDEX raw_chunk ON raw (submission, number);

ALTER TABLE submission ADD COLUMN erased INTEGER REFERENCES entry (seq); -- who, when and why
CREATE INDEX submission_kept ON submission (received) WHERE erased IS NULL AND state <> 0;
CREATE INDEX submission_erased ON submission (row) WHERE erased IS NOT NULL;

-- What has to be finished at the next occasion: `vacuum` while the file is being written anew.
CREATE TABLE todo (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- What became of each answer in the sender's own format.
CREATE TABLE answer (
  submission INTEGER PRIMARY KEY REFERENCES submission (row),
  way        INTEGER NOT NULL,              -- 1 reply, 2 folder
  due        INTEGER NOT NULL,              -- nanoseconds since 1970 UTC, as the three below
  written    INTEGER,
  overdue    INTEGER,
  fetched    INTEGER
) STRICT;
CREATE INDEX answer_waiting ON answer (submission) WHERE fetched IS NULL;
