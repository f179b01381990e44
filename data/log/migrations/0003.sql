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
