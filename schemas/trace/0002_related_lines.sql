-- Version 2: lines that tell no event are tied to what they name, and events say how well their message is known.

ALTER TABLE sources ADD COLUMN records_known INTEGER NOT NULL DEFAULT 0;  -- of records_related: the line is known and tells no event
ALTER TABLE events ADD COLUMN format_only INTEGER NOT NULL DEFAULT 0;     -- 1: read by a message known as a format string only, never seen in a log

-- Stored lines that tell no event but concern a task, a session or nsurlsessiond, with what they name.
CREATE TABLE related_lines (
  raw_id INTEGER PRIMARY KEY,  -- raw_lines
  observer INTEGER NOT NULL,   -- as in events: who wrote the line
  known INTEGER NOT NULL,      -- 1: a message pattern knows the line, 0: not understood
  task_uuid TEXT,              -- upper case; NULL: none named, or redacted
  session_uuid TEXT,           -- upper case; NULL: none named, or redacted
  task_number INTEGER          -- the number behind the task; with session_uuid a key, alone none
) STRICT;

CREATE INDEX related_lines_by_task ON related_lines (task_uuid) WHERE task_uuid IS NOT NULL;
CREATE INDEX related_lines_by_session ON related_lines (session_uuid) WHERE session_uuid IS NOT NULL;

-- Sources with their accounting.
DROP VIEW v_sources;
CREATE VIEW v_sources AS
SELECT source_id, path, container, confidence, clock, size_bytes, records_read, records_matched, records_related,
       records_irrelevant, records_unparsed, issue_count, not_understood, records_known
FROM sources;

-- Lines that tell no event, with what they name. Those of a task: its UUID, or its session's UUID and its number.
CREATE VIEW v_related_lines AS
SELECT r.raw_id, l.source_id, l.span_line, l.t_src_ns, r.known, r.task_uuid, r.session_uuid, r.task_number, l.text
FROM related_lines r JOIN raw_lines l ON l.raw_id = r.raw_id;
