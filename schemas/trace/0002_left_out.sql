-- Version 2: how many findings the user asked to ignore.

ALTER TABLE outcomes ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;  -- findings that --ignore or a rules file left out
