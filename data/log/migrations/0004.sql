-- What is no message is found without passing the blocks of all messages: a start from a snapshot reads it.
CREATE INDEX entry_tagged ON entry (seq) WHERE kind = 2;
