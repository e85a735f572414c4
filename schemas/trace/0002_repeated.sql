-- Version 2: captures that overlap.

ALTER TABLE sources ADD COLUMN events_repeated INTEGER NOT NULL DEFAULT 0;  -- events that another source tells, too, and that count there; they belong to no stream
