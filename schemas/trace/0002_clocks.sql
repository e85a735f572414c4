-- The clock of a source: what its time stamps are worth, and how it came to its place on the UTC axis. A source without a row:
-- the case was written before version 2.
CREATE TABLE source_clocks (
  source_id INTEGER PRIMARY KEY,  -- sources
  date_shown TEXT NOT NULL,       -- full, month and day, none
  precision_ns INTEGER NOT NULL,  -- of the coarsest time stamp
  leap_year INTEGER,              -- month and day only: first year, from 0, with lines of 29 February
  common_year INTEGER,            -- the same: first year that went past February without one
  step_ns INTEGER NOT NULL,       -- longest step that summer time or another zone may have made; 0: none
  modified_ns INTEGER,            -- when the file was changed last, UTC; NULL: not known
  told_ns INTEGER,                -- UTC - source time, as dated texts in the messages say; NULL: they do not
  placed_by TEXT NOT NULL,        -- nothing, itself, date, sync, tasks
  offset_ns INTEGER NOT NULL,     -- normalised time = source time + offset
  uncertainty_ns INTEGER NOT NULL,  -- plus or minus, of its streams
  placed_as TEXT NOT NULL,        -- what --date would have to say for the same place; empty: no date says that
  suggested_date TEXT NOT NULL,   -- what could be given with --date; empty: nothing to suggest
  suggested_why TEXT NOT NULL     -- why
) STRICT;

-- Sources with their clocks.
CREATE VIEW v_source_clocks AS
SELECT s.source_id, s.path, s.clock, s.zone_offset_minutes, c.date_shown, c.precision_ns, c.placed_by, c.offset_ns,
       c.uncertainty_ns, c.placed_as, c.suggested_date, c.suggested_why
FROM sources s JOIN source_clocks c ON c.source_id = s.source_id;
