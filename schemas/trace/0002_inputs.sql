-- Version 2: what was given to `uptrail collect`, so that a second run reads only what is new or has changed.

-- An input as the user named it. One input may have given several sources, or none.
CREATE TABLE inputs (
  path TEXT PRIMARY KEY,         -- as given
  size_bytes INTEGER NOT NULL,   -- of the file and its -wal
  modified_ns INTEGER NOT NULL,  -- last modification, the later of both
  head_hash TEXT NOT NULL,       -- XXH3-128 of the first MiB, hex
  done INTEGER NOT NULL          -- 1: read to its end; 0: the run was stopped before, the case is not complete
) STRICT, WITHOUT ROWID;
