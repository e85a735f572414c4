-- Schema of a case file (*.uptrail), version 1.
-- Times are int64 nanoseconds. A column *_ns is normalised time (UTC when its domain is placed) unless it says "source clock".
-- Ids are 0-based and dense; NULL means "none". Tables with a column `generation` hold derived rows: read only those whose
-- generation is case_info.generation, or use the views v_*, which do that.

-- What the case is; exactly one row.
CREATE TABLE case_info (
  only INTEGER PRIMARY KEY CHECK (only = 1),  -- always 1
  title TEXT NOT NULL,                        -- for people: app, version, system
  generation INTEGER NOT NULL,                -- the generation to read; grows by one with each derivation
  synthetic INTEGER NOT NULL,                 -- 1: a source says that it is made up
  span_start_ns INTEGER,                      -- first placed event
  span_end_ns INTEGER,                        -- last placed event
  zone_offset_minutes INTEGER,                -- of the device, when a source shows it
  tool_version TEXT NOT NULL                  -- of the program that wrote the case
) STRICT;

-- Dictionary of event kinds used in this file: numbers differ between files, names do not.
CREATE TABLE kinds (
  kind_id INTEGER PRIMARY KEY,  -- number used in this file
  name TEXT NOT NULL            -- as in docs/events.md, "task.create"
) STRICT;

-- Dictionary of repeated texts: devices, bundles, processes, threads, patterns.
CREATE TABLE strings (
  string_id INTEGER PRIMARY KEY,  -- number used in this file
  text TEXT NOT NULL              -- the text; the empty text is NULL where it is used
) STRICT;

-- One input (a file, standard input, a store), known by its content.
CREATE TABLE sources (
  source_id INTEGER PRIMARY KEY,  -- 0-based
  path TEXT NOT NULL,             -- as given by the user
  content_hash TEXT NOT NULL,     -- XXH3-128 of all bytes, hex; equal content is kept once
  size_bytes INTEGER NOT NULL,    -- bytes read
  container TEXT NOT NULL,        -- id of the container or of the store
  is_store INTEGER NOT NULL,      -- 1: a persisted store, 0: a log
  confidence INTEGER NOT NULL,    -- 0 to 100: how sure the recognition is
  clock TEXT NOT NULL,            -- absolute, floating or none
  zone_offset_minutes INTEGER,    -- first one seen
  records_read INTEGER NOT NULL,        -- records, and pieces that should have been one
  records_matched INTEGER NOT NULL,     -- gave at least one event
  records_related INTEGER NOT NULL,     -- name a task or session, but no pattern knows the line
  records_irrelevant INTEGER NOT NULL,  -- valid header, nothing to do with background sessions; not "checked and found good"
  records_unparsed INTEGER NOT NULL,    -- no valid header
  first_ns INTEGER,               -- first record, irrelevant ones included; source clock
  last_ns INTEGER,                -- last record; source clock
  not_understood INTEGER NOT NULL,  -- 1: records were read, none was matched or related
  issue_count INTEGER NOT NULL    -- all issues, also those that were not kept
) STRICT;

-- What was lost or doubtful in a source; the first ones of each source.
CREATE TABLE issues (
  source_id INTEGER NOT NULL,  -- sources
  n INTEGER NOT NULL,          -- order in the source, from 0
  kind TEXT NOT NULL,          -- unparsed, bad-value, truncated, invalid-utf8, limit, loss, clock, damaged
  span_offset INTEGER NOT NULL,  -- byte offset in the source
  span_length INTEGER NOT NULL,  -- bytes
  span_line INTEGER NOT NULL,  -- line from 1; 0: not a text source
  detail TEXT NOT NULL,        -- one sentence
  PRIMARY KEY (source_id, n)
) STRICT, WITHOUT ROWID;

-- Source x observer x clock: what coverage and manifests speak of.
CREATE TABLE streams (
  stream_id INTEGER PRIMARY KEY,  -- 0-based
  source_id INTEGER NOT NULL,     -- sources
  observer TEXT NOT NULL,         -- app, cfn, daemon, sys, store, server, tool
  domain_id INTEGER,              -- order domain: events of one domain may be ordered, others may not
  offset_ns INTEGER NOT NULL,     -- normalised time = source time + offset
  uncertainty_ns INTEGER NOT NULL,  -- plus or minus, against other streams of the domain
  placed INTEGER NOT NULL,        -- 1: on the UTC axis
  open_start_ns INTEGER,          -- first record; NULL: no clock
  open_end_ns INTEGER,            -- end of the last record
  manifest INTEGER NOT NULL,      -- 1: declared by capture.begin
  lossy INTEGER NOT NULL,         -- 1: records may be missing without a gap event
  redacted INTEGER NOT NULL       -- 1: dynamic text is hidden by the system
) STRICT;

-- One typed observation. Facts only: they never change. docs/events.md explains kinds and fields.
CREATE TABLE events (
  event_id INTEGER PRIMARY KEY,   -- stable inside this file
  source_id INTEGER NOT NULL,     -- sources
  seq INTEGER NOT NULL,           -- order inside the source
  kind_id INTEGER NOT NULL,       -- kinds
  observer INTEGER NOT NULL,      -- 0 app, 1 cfn, 2 daemon, 3 sys, 4 store, 5 server, 6 tool
  inferred INTEGER NOT NULL,      -- 0: read from the source, 1: inferred
  t_src_ns INTEGER,               -- source clock; NULL: the source has none
  span_offset INTEGER NOT NULL,   -- byte offset in the source
  span_length INTEGER NOT NULL,   -- bytes
  span_line INTEGER NOT NULL,     -- line from 1; 0: not a text source
  device_id INTEGER,              -- strings; NULL: not named
  bundle_id INTEGER,              -- strings; NULL: not named
  process_id INTEGER,             -- strings: the process the event is about
  pid INTEGER,                    -- of that process
  thread_id INTEGER,              -- strings
  pattern_id INTEGER,             -- strings: message pattern, "event-json" or "store:<id>"
  fields TEXT,                    -- the fields as one flat JSON object; NULL: none
  store_row TEXT                  -- for stores: table and row; NULL: none
) STRICT;

-- What the pipeline assigned to an event. Written anew when the case is derived again.
CREATE TABLE events_assigned (
  event_id INTEGER PRIMARY KEY,  -- events
  stream_id INTEGER,             -- streams
  domain_id INTEGER,             -- order domain
  t_ns INTEGER NOT NULL,         -- normalised time
  t_unc_ns INTEGER NOT NULL,     -- plus or minus, inside its domain
  seq INTEGER NOT NULL,          -- copy of events.seq, for the order
  unit_id INTEGER,               -- units; NULL: concerns the whole device
  session_id INTEGER,            -- sessions
  task_id INTEGER,               -- tasks
  upload_id INTEGER              -- uploads
) STRICT;

-- Stored lines of a source: every matched and related record, and a few around them.
CREATE TABLE raw_lines (
  raw_id INTEGER PRIMARY KEY,    -- order of storing
  source_id INTEGER NOT NULL,    -- sources
  span_offset INTEGER NOT NULL,  -- byte offset in the source
  span_length INTEGER NOT NULL,  -- bytes
  span_line INTEGER NOT NULL,    -- line from 1; 0: not a text source
  t_src_ns INTEGER,              -- source clock
  text TEXT NOT NULL,            -- the line
  is_event INTEGER NOT NULL,     -- 1: at least one event came from it, 0: context
  event_id INTEGER               -- the first event that came from it
) STRICT;

-- One app on one device: what is derived together.
CREATE TABLE units (
  generation INTEGER NOT NULL,  -- see case_info
  unit_id INTEGER NOT NULL,     -- 0-based, by device and bundle
  device TEXT NOT NULL,         -- device; empty: not named
  bundle TEXT NOT NULL,         -- bundle identifier; empty: unknown
  title TEXT NOT NULL,          -- for people
  platform TEXT NOT NULL,       -- ios, macos, watchos ...; empty: unknown
  PRIMARY KEY (generation, unit_id)
) STRICT, WITHOUT ROWID;

-- One life of one process.
CREATE TABLE epochs (
  generation INTEGER NOT NULL,     -- see case_info
  epoch_id INTEGER NOT NULL,       -- 0-based, by unit and first seen
  unit_id INTEGER,                 -- units
  process TEXT NOT NULL,           -- process name
  pid INTEGER,                     -- NULL: not known
  build TEXT NOT NULL,             -- build of the app; empty: unknown
  domain_id INTEGER,               -- order domain of its times
  launch_ns INTEGER,               -- NULL: not seen
  end_ns INTEGER,                  -- NULL: not seen
  launch_reason TEXT NOT NULL,     -- word of app.launch
  end_cause TEXT NOT NULL,         -- word of app.terminate, or "force-quit"
  seen_start_ns INTEGER NOT NULL,  -- first evidence
  seen_end_ns INTEGER NOT NULL,    -- last evidence
  PRIMARY KEY (generation, epoch_id)
) STRICT, WITHOUT ROWID;

-- States of a process, ascending.
CREATE TABLE epoch_states (
  generation INTEGER NOT NULL,  -- see case_info
  epoch_id INTEGER NOT NULL,    -- epochs
  n INTEGER NOT NULL,           -- order, from 0
  start_ns INTEGER NOT NULL,    -- begin
  end_ns INTEGER NOT NULL,      -- end
  state TEXT NOT NULL,          -- unknown, not running, force-quit, launching, foreground, background, suspended
  PRIMARY KEY (generation, epoch_id, n)
) STRICT, WITHOUT ROWID;

-- When a process is known to have been running: not suspended, not dead.
CREATE TABLE epoch_running (
  generation INTEGER NOT NULL,  -- see case_info
  epoch_id INTEGER NOT NULL,    -- epochs
  n INTEGER NOT NULL,           -- order, from 0
  start_ns INTEGER NOT NULL,    -- begin
  end_ns INTEGER NOT NULL,      -- end
  PRIMARY KEY (generation, epoch_id, n)
) STRICT, WITHOUT ROWID;

-- A background URLSession, known by its identifier.
CREATE TABLE sessions (
  generation INTEGER NOT NULL,  -- see case_info
  session_id INTEGER NOT NULL,  -- 0-based, by unit, identifier, first seen
  unit_id INTEGER,              -- units
  identifier TEXT NOT NULL,     -- empty: unknown (redacted)
  PRIMARY KEY (generation, session_id)
) STRICT, WITHOUT ROWID;

-- UUIDs seen for a session.
CREATE TABLE session_uuids (
  generation INTEGER NOT NULL,  -- see case_info
  session_id INTEGER NOT NULL,  -- sessions
  n INTEGER NOT NULL,           -- order, from 0
  uuid TEXT NOT NULL,           -- upper case, 8-4-4-4-12
  PRIMARY KEY (generation, session_id, n)
) STRICT, WITHOUT ROWID;

-- URLSession objects: one create, one invalidation each.
CREATE TABLE objects (
  generation INTEGER NOT NULL,  -- see case_info
  object_id INTEGER NOT NULL,   -- 0-based, by session and creation
  session_id INTEGER,           -- sessions
  epoch_id INTEGER,             -- epochs: the process that made it
  object TEXT NOT NULL,         -- address or name; empty: unknown
  delegate TEXT NOT NULL,       -- delegate class or name; empty: unknown
  created_ns INTEGER,           -- NULL: not seen
  invalidated_ns INTEGER,       -- call of an invalidate method; NULL: not seen
  became_invalid_ns INTEGER,    -- didBecomeInvalidWithError; NULL: not seen
  cancel INTEGER NOT NULL,      -- 1: invalidateAndCancel
  last_state TEXT NOT NULL,     -- unknown, connecting, active, reconnecting, failed, invalidating, invalid
  PRIMARY KEY (generation, object_id)
) STRICT, WITHOUT ROWID;

-- Objects of a session.
CREATE TABLE session_objects (
  generation INTEGER NOT NULL,  -- see case_info
  session_id INTEGER NOT NULL,  -- sessions
  n INTEGER NOT NULL,           -- order, from 0
  object_id INTEGER NOT NULL,   -- objects
  PRIMARY KEY (generation, session_id, n)
) STRICT, WITHOUT ROWID;

-- URLSession tasks.
CREATE TABLE tasks (
  generation INTEGER NOT NULL,  -- see case_info
  task_id INTEGER NOT NULL,     -- 0-based, by unit and first seen
  unit_id INTEGER,              -- units
  session_id INTEGER,           -- sessions
  upload_id INTEGER,            -- uploads
  uuid TEXT,                    -- upper case; NULL: not seen
  identifier INTEGER,           -- taskIdentifier as the app has it
  description TEXT NOT NULL,    -- taskDescription
  kind TEXT NOT NULL,           -- upload-file, download ...; empty: unknown
  method TEXT NOT NULL,         -- HTTP method; empty: unknown
  url TEXT NOT NULL,            -- empty: unknown
  file TEXT NOT NULL,           -- body file; empty: unknown
  status INTEGER,               -- last HTTP status
  error_code INTEGER,           -- of didCompleteWithError, else of the daemon; 0: nil
  error_domain TEXT NOT NULL,   -- empty: none
  bytes_sent INTEGER,           -- last seen
  bytes_expected INTEGER,       -- last seen
  created_ns INTEGER,           -- NULL: not seen
  finished_in_daemon_ns INTEGER,  -- NULL: not seen
  delivered_ns INTEGER,         -- didCompleteWithError in the app; NULL: not seen
  seen_start_ns INTEGER NOT NULL,  -- first evidence
  seen_end_ns INTEGER NOT NULL,    -- last evidence
  PRIMARY KEY (generation, task_id)
) STRICT, WITHOUT ROWID;

-- Phases of a task, ascending.
CREATE TABLE task_phases (
  generation INTEGER NOT NULL,  -- see case_info
  task_id INTEGER NOT NULL,     -- tasks
  n INTEGER NOT NULL,           -- order, from 0
  start_ns INTEGER NOT NULL,    -- begin
  end_ns INTEGER NOT NULL,      -- end
  phase TEXT NOT NULL,          -- created, resumed, waiting, transferring, response, finished in daemon, delivered, cancelled
  PRIMARY KEY (generation, task_id, n)
) STRICT, WITHOUT ROWID;

-- What a person calls "the upload"; usually named by taskDescription.
CREATE TABLE uploads (
  generation INTEGER NOT NULL,     -- see case_info
  upload_id INTEGER NOT NULL,      -- 0-based, by unit and first seen
  unit_id INTEGER,                 -- units
  name TEXT NOT NULL,              -- the app's id
  last_state TEXT NOT NULL,        -- of upload.state; empty: the app says nothing
  outcome TEXT NOT NULL,           -- succeeded, failed, cancelled, running, affected, cannot tell
  seen_start_ns INTEGER NOT NULL,  -- first evidence
  seen_end_ns INTEGER NOT NULL,    -- last evidence
  PRIMARY KEY (generation, upload_id)
) STRICT, WITHOUT ROWID;

-- Tasks of an upload.
CREATE TABLE upload_tasks (
  generation INTEGER NOT NULL,  -- see case_info
  upload_id INTEGER NOT NULL,   -- uploads
  n INTEGER NOT NULL,           -- order, from 0
  task_id INTEGER NOT NULL,     -- tasks
  PRIMARY KEY (generation, upload_id, n)
) STRICT, WITHOUT ROWID;

-- One background wake: from the request to the call of the completion handler. NULL times: not seen.
CREATE TABLE wakes (
  generation INTEGER NOT NULL,     -- see case_info
  wake_id INTEGER NOT NULL,        -- 0-based, by unit and first seen
  unit_id INTEGER,                 -- units
  session_id INTEGER,              -- sessions
  epoch_id INTEGER,                -- epochs: the process that was woken
  requested_ns INTEGER,            -- the daemon asked for the launch
  launched_ns INTEGER,             -- the process was there
  handle_events_ns INTEGER,        -- handleEventsForBackgroundURLSession
  did_finish_events_ns INTEGER,    -- urlSessionDidFinishEvents
  handler_called_ns INTEGER,       -- the stored completion handler was called
  seen_start_ns INTEGER NOT NULL,  -- first evidence
  seen_end_ns INTEGER NOT NULL,    -- last evidence
  PRIMARY KEY (generation, wake_id)
) STRICT, WITHOUT ROWID;

-- When the absence of a kind of event in a stream means something.
CREATE TABLE coverage (
  generation INTEGER NOT NULL,   -- see case_info
  coverage_id INTEGER NOT NULL,  -- 0-based
  stream_id INTEGER,             -- streams
  unit_id INTEGER,               -- units; NULL: all
  kind_id INTEGER NOT NULL,      -- kinds
  start_ns INTEGER NOT NULL,     -- begin
  end_ns INTEGER NOT NULL,       -- end
  declared INTEGER NOT NULL,     -- 1: by a manifest, 0: demonstrated
  ever_logged INTEGER NOT NULL,  -- 1: at least one event of the kind by this build
  PRIMARY KEY (generation, coverage_id)
) STRICT, WITHOUT ROWID;

-- What a rule found.
CREATE TABLE findings (
  generation INTEGER NOT NULL,  -- see case_info
  finding_id INTEGER NOT NULL,  -- 0-based, by time, rule, subject
  fingerprint TEXT NOT NULL,    -- 16 hex digits, stable over runs of the same capture
  rule TEXT NOT NULL,           -- rule id, docs/rules
  severity TEXT NOT NULL,       -- info, warning, error
  confidence TEXT NOT NULL,     -- hint, likely, proven
  unit_id INTEGER,              -- subject: units
  epoch_id INTEGER,             -- subject: epochs
  session_id INTEGER,           -- subject: sessions
  object_id INTEGER,            -- subject: objects
  task_id INTEGER,              -- subject: tasks
  upload_id INTEGER,            -- subject: uploads
  label TEXT NOT NULL,          -- subject as people read it
  t_ns INTEGER NOT NULL,        -- where to look on the timeline
  title TEXT NOT NULL,          -- one line
  explanation TEXT NOT NULL,    -- what was seen, with the numbers
  remedy TEXT NOT NULL,         -- what to do
  clears_if TEXT NOT NULL,      -- what evidence would clear it
  folded_into INTEGER,          -- findings: it is a symptom of that one
  cause_id INTEGER,             -- causes
  PRIMARY KEY (generation, finding_id)
) STRICT, WITHOUT ROWID;

-- Events a finding rests on, in time order.
CREATE TABLE finding_evidence (
  generation INTEGER NOT NULL,  -- see case_info
  finding_id INTEGER NOT NULL,  -- findings
  n INTEGER NOT NULL,           -- order, from 0
  event_id INTEGER,             -- events
  note TEXT NOT NULL,           -- the part it plays
  is_key INTEGER NOT NULL,      -- 1: the line to show first
  PRIMARY KEY (generation, finding_id, n)
) STRICT, WITHOUT ROWID;

-- What should have happened and did not.
CREATE TABLE finding_missing (
  generation INTEGER NOT NULL,  -- see case_info
  finding_id INTEGER NOT NULL,  -- findings
  n INTEGER NOT NULL,           -- order, from 0
  kind_id INTEGER NOT NULL,     -- kinds
  due_ns INTEGER NOT NULL,      -- when it was due
  note TEXT NOT NULL,           -- why it was due
  PRIMARY KEY (generation, finding_id, n)
) STRICT, WITHOUT ROWID;

-- Numbers a finding compares.
CREATE TABLE finding_numbers (
  generation INTEGER NOT NULL,  -- see case_info
  finding_id INTEGER NOT NULL,  -- findings
  n INTEGER NOT NULL,           -- order, from 0
  name TEXT NOT NULL,           -- threshold name or measured thing
  value REAL NOT NULL,          -- measured
  threshold REAL,               -- NULL: nothing was compared
  unit TEXT NOT NULL,           -- s, ms, bytes or empty
  PRIMARY KEY (generation, finding_id, n)
) STRICT, WITHOUT ROWID;

-- What was looked at before "it is not there" was said.
CREATE TABLE finding_searched (
  generation INTEGER NOT NULL,      -- see case_info
  finding_id INTEGER NOT NULL,      -- findings
  n INTEGER NOT NULL,               -- order, from 0
  kind_id INTEGER NOT NULL,         -- kinds
  stream_id INTEGER,                -- streams
  start_ns INTEGER NOT NULL,        -- begin
  end_ns INTEGER NOT NULL,          -- end
  records INTEGER NOT NULL,         -- records of the stream in that time
  siblings_found INTEGER NOT NULL,  -- events of the kind for other subjects in that time
  PRIMARY KEY (generation, finding_id, n)
) STRICT, WITHOUT ROWID;

-- Questions that a rule could not answer. Never an anomaly.
CREATE TABLE undetermined (
  generation INTEGER NOT NULL,  -- see case_info
  n INTEGER NOT NULL,           -- order, from 0
  rule TEXT NOT NULL,           -- rule id
  reason TEXT NOT NULL,         -- equal reasons are counted together
  unit_id INTEGER,              -- subject: units
  epoch_id INTEGER,             -- subject: epochs
  session_id INTEGER,           -- subject: sessions
  object_id INTEGER,            -- subject: objects
  task_id INTEGER,              -- subject: tasks
  upload_id INTEGER,            -- subject: uploads
  label TEXT NOT NULL,          -- subject as people read it
  to_add TEXT NOT NULL,         -- the smallest thing that would answer it; empty: nothing
  PRIMARY KEY (generation, n)
) STRICT, WITHOUT ROWID;

-- Findings folded along session, task and upload: what people see first. Gravest first.
CREATE TABLE causes (
  generation INTEGER NOT NULL,  -- see case_info
  cause_id INTEGER NOT NULL,    -- 0-based
  severity TEXT NOT NULL,       -- info, warning, error
  confidence TEXT NOT NULL,     -- hint, likely, proven
  title TEXT NOT NULL,          -- one line
  main_finding_id INTEGER,      -- findings: the one that names it
  PRIMARY KEY (generation, cause_id)
) STRICT, WITHOUT ROWID;

-- Findings of a cause: the main one first, then folded ones and consequences.
CREATE TABLE cause_findings (
  generation INTEGER NOT NULL,  -- see case_info
  cause_id INTEGER NOT NULL,    -- causes
  n INTEGER NOT NULL,           -- order, from 0
  finding_id INTEGER NOT NULL,  -- findings
  PRIMARY KEY (generation, cause_id, n)
) STRICT, WITHOUT ROWID;

-- Uploads affected by a cause.
CREATE TABLE cause_uploads (
  generation INTEGER NOT NULL,  -- see case_info
  cause_id INTEGER NOT NULL,    -- causes
  n INTEGER NOT NULL,           -- order, from 0
  upload_id INTEGER NOT NULL,   -- uploads
  PRIMARY KEY (generation, cause_id, n)
) STRICT, WITHOUT ROWID;

-- The answer to "is everything all right?".
CREATE TABLE outcomes (
  generation INTEGER PRIMARY KEY,  -- see case_info
  outcome TEXT NOT NULL,           -- ok, fail, unknown
  reason TEXT NOT NULL,            -- for unknown: what is missing
  next_step TEXT NOT NULL          -- for unknown: the one thing to do next
) STRICT;

-- Time grid of a domain: lets a viewer draw the density of events without reading them.
CREATE TABLE grids (
  domain_id INTEGER PRIMARY KEY,  -- order domain; -1: events without one
  start_ns INTEGER NOT NULL,      -- begin of cell 0
  cell_ns INTEGER NOT NULL        -- width of a cell
) STRICT;

-- Events in one cell of a grid. Cells without events have no row.
CREATE TABLE grid_counts (
  domain_id INTEGER NOT NULL,  -- grids
  unit_id INTEGER NOT NULL,    -- units; -1: the whole device
  stream_id INTEGER NOT NULL,  -- streams; -1: none
  cell INTEGER NOT NULL,       -- 0-based; its time is start_ns + cell * cell_ns
  event_count INTEGER NOT NULL,  -- events in it
  PRIMARY KEY (domain_id, unit_id, stream_id, cell)
) STRICT, WITHOUT ROWID;

CREATE INDEX sources_by_hash ON sources (content_hash);
CREATE INDEX events_in_order ON events_assigned (domain_id, t_ns, stream_id, seq);
CREATE INDEX events_by_session ON events_assigned (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX events_by_task ON events_assigned (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX raw_lines_by_place ON raw_lines (source_id, span_line, span_offset);

-- Sources with their accounting.
CREATE VIEW v_sources AS
SELECT source_id, path, container, confidence, clock, size_bytes, records_read, records_matched, records_related,
       records_irrelevant, records_unparsed, issue_count, not_understood
FROM sources;

-- Events with names instead of numbers, and what was assigned to them.
CREATE VIEW v_events AS
SELECT e.event_id, k.name AS kind,
       CASE e.observer WHEN 0 THEN 'app' WHEN 1 THEN 'cfn' WHEN 2 THEN 'daemon' WHEN 3 THEN 'sys' WHEN 4 THEN 'store'
                       WHEN 5 THEN 'server' WHEN 6 THEN 'tool' END AS observer,
       a.t_ns, a.t_unc_ns, e.t_src_ns, a.domain_id, a.stream_id, a.unit_id, a.session_id, a.task_id, a.upload_id,
       e.source_id, e.span_line, e.span_offset, e.span_length, d.text AS device, b.text AS bundle, p.text AS process, e.pid,
       m.text AS pattern, e.fields, e.store_row
FROM events e
JOIN kinds k ON k.kind_id = e.kind_id
LEFT JOIN events_assigned a ON a.event_id = e.event_id
LEFT JOIN strings d ON d.string_id = e.device_id
LEFT JOIN strings b ON b.string_id = e.bundle_id
LEFT JOIN strings p ON p.string_id = e.process_id
LEFT JOIN strings m ON m.string_id = e.pattern_id;

-- Units of the current generation.
CREATE VIEW v_units AS
SELECT t.unit_id, t.device, t.bundle, t.title, t.platform FROM units t JOIN case_info c ON c.generation = t.generation;

-- Sessions of the current generation.
CREATE VIEW v_sessions AS
SELECT t.session_id, t.unit_id, t.identifier FROM sessions t JOIN case_info c ON c.generation = t.generation;

-- Tasks of the current generation.
CREATE VIEW v_tasks AS
SELECT t.task_id, t.unit_id, t.session_id, s.identifier AS session, t.upload_id, t.uuid, t.identifier, t.description, t.kind,
       t.method, t.url, t.file, t.status, t.error_code, t.error_domain, t.bytes_sent, t.bytes_expected, t.created_ns,
       t.finished_in_daemon_ns, t.delivered_ns, t.seen_start_ns, t.seen_end_ns
FROM tasks t JOIN case_info c ON c.generation = t.generation
LEFT JOIN sessions s ON s.generation = t.generation AND s.session_id = t.session_id;

-- Uploads of the current generation.
CREATE VIEW v_uploads AS
SELECT t.upload_id, t.unit_id, t.name, t.last_state, t.outcome, t.seen_start_ns, t.seen_end_ns
FROM uploads t JOIN case_info c ON c.generation = t.generation;

-- Processes of the current generation.
CREATE VIEW v_epochs AS
SELECT t.epoch_id, t.unit_id, t.process, t.pid, t.build, t.launch_ns, t.end_ns, t.launch_reason, t.end_cause, t.seen_start_ns,
       t.seen_end_ns
FROM epochs t JOIN case_info c ON c.generation = t.generation;

-- Wakes of the current generation.
CREATE VIEW v_wakes AS
SELECT t.wake_id, t.unit_id, t.session_id, t.epoch_id, t.requested_ns, t.launched_ns, t.handle_events_ns,
       t.did_finish_events_ns, t.handler_called_ns
FROM wakes t JOIN case_info c ON c.generation = t.generation;

-- Coverage of the current generation.
CREATE VIEW v_coverage AS
SELECT t.stream_id, t.unit_id, k.name AS kind, t.start_ns, t.end_ns, t.declared, t.ever_logged
FROM coverage t JOIN case_info c ON c.generation = t.generation JOIN kinds k ON k.kind_id = t.kind_id;

-- Findings of the current generation.
CREATE VIEW v_findings AS
SELECT t.finding_id, t.fingerprint, t.rule, t.severity, t.confidence, t.label, t.t_ns, t.title, t.explanation, t.remedy,
       t.clears_if, t.folded_into, t.cause_id, t.unit_id, t.epoch_id, t.session_id, t.object_id, t.task_id, t.upload_id
FROM findings t JOIN case_info c ON c.generation = t.generation;

-- Evidence of the current generation.
CREATE VIEW v_evidence AS
SELECT t.finding_id, t.n, t.event_id, t.note, t.is_key FROM finding_evidence t JOIN case_info c ON c.generation = t.generation;

-- Unanswered questions of the current generation.
CREATE VIEW v_undetermined AS
SELECT t.n, t.rule, t.reason, t.label, t.to_add, t.unit_id, t.session_id, t.task_id, t.upload_id
FROM undetermined t JOIN case_info c ON c.generation = t.generation;

-- Causes of the current generation.
CREATE VIEW v_causes AS
SELECT t.cause_id, t.severity, t.confidence, t.title, t.main_finding_id
FROM causes t JOIN case_info c ON c.generation = t.generation;
