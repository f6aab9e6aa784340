-- Searches and races: a plan, and the runs that are its trials. (see search-repository.ts)

CREATE TABLE search (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  dataset_id TEXT NOT NULL,
  plan TEXT NOT NULL CHECK (json_valid(plan)),
  status TEXT NOT NULL CHECK (status IN ('running', 'interrupted', 'finished', 'stopped', 'failed')),
  error TEXT CHECK (error IS NULL OR json_valid(error)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE search_trial (
  search_id TEXT NOT NULL REFERENCES search (id) ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  -- The epoch after which it was ended as hopeless.
  rejected_epoch INTEGER,
  PRIMARY KEY (search_id, trial)
) STRICT, WITHOUT ROWID;
