-- Version 4: how often each rule reached which verdict, so that "nothing found" can be told from "nothing looked at".

-- A rule that was left out, or that had no such unit to judge, has no row.
CREATE TABLE rule_verdicts (
  generation INTEGER NOT NULL,      -- see case_info
  n INTEGER NOT NULL,               -- position, from 0: by unit, rule
  unit_id INTEGER NOT NULL,         -- units
  rule TEXT NOT NULL,               -- rule id
  fired INTEGER NOT NULL,           -- findings, those included that are left out by their id
  cleared INTEGER NOT NULL,         -- subjects that the rule looked at and found in order, where it says so
  undetermined INTEGER NOT NULL,    -- questions that stayed open
  not_applicable INTEGER NOT NULL,  -- subjects that the rule says nothing about
  PRIMARY KEY (generation, n)
) STRICT;
