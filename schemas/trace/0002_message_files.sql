-- Version 2: which message files a source was read with.

ALTER TABLE sources ADD COLUMN message_files TEXT NOT NULL DEFAULT '';  -- message files beside the built-in ones that it was read with, one a line; empty: none
