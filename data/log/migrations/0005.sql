-- Files that are kept for their bytes alone are no certificates: content 5 papers, 6 files of answers.
UPDATE submission SET content = 5 WHERE content = 2 AND transport = 'paper';
UPDATE submission SET content = 6 WHERE content = 2 AND transport = 'answer-file';
CREATE INDEX submission_files ON submission (party, length) WHERE content = 6 AND erased IS NULL;

-- Up to this submission messages may have keys of the older kind (SHA-256 cut to 16 bytes, XXH3 since), and
-- interchanges contents that are made of those.
CREATE TABLE rekeyed (
  submission INTEGER NOT NULL
) STRICT;
INSERT INTO rekeyed (submission) SELECT coalesce(max(row), 0) FROM submission;
