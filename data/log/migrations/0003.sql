-- Interchanges by their control references: `key` is a digest of sender, recipient, reference, date and
-- time, `content` one of the messages. The same key with the same content is a repeat, with another
-- content a reference that was used twice.
CREATE TABLE interchange (
  party      INTEGER NOT NULL REFERENCES party (row),
  key        BLOB NOT NULL,                 -- 16 bytes
  content    BLOB NOT NULL,                 -- 16 bytes
  submission INTEGER NOT NULL REFERENCES submission (row),
  PRIMARY KEY (party, key, content)
) STRICT, WITHOUT ROWID;
