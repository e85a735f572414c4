-- Version 3: the timeline as it is drawn, packed, so that a large case is seen at once.

-- Derived rows once more, in the order in which they are drawn: lanes, bars, marks and what else lies on them. Each part is an array of
-- records of one width, cut into pieces; numbers are little-endian. It repeats what other tables say and may be missing: then they
-- are read instead. What the records hold is said in collector/timeline/picture_codec.h.
CREATE TABLE picture (
  generation INTEGER NOT NULL,  -- see case_info
  part TEXT NOT NULL,           -- head, lanes, bars, marks, texts and so on
  n INTEGER NOT NULL,           -- piece, from 0
  records BLOB NOT NULL,        -- whole records, one after the other
  PRIMARY KEY (generation, part, n)
) STRICT;
