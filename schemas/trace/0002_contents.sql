-- Version 2: what became of the members of folders and archives.

-- One folder or archive that was given as an input. Its members that were used are sources of their own.
CREATE TABLE contents (
  contents_id INTEGER PRIMARY KEY,  -- 0-based
  path TEXT NOT NULL,               -- as given by the user
  format TEXT NOT NULL              -- "folder", "zip", "tar, gzip" and so on
) STRICT;

-- The members of a folder or archive, grouped by what became of them. The counts add up to all members.
CREATE TABLE contents_groups (
  contents_id INTEGER NOT NULL,  -- contents
  n INTEGER NOT NULL,            -- order, from 0
  fate TEXT NOT NULL,            -- used, known, log-archive, damaged, other and so on
  members INTEGER NOT NULL,      -- how many
  place TEXT NOT NULL,           -- of a bundle (log archive, result bundle): its path; else empty
  detail TEXT NOT NULL,          -- more about the first of them; may be empty
  command TEXT NOT NULL,         -- what makes it readable; may be empty
  examples TEXT NOT NULL,        -- paths of the first ones, one a line
  PRIMARY KEY (contents_id, n)
) STRICT, WITHOUT ROWID;
