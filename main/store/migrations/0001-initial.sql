-- Datasets -----------------------------------------------------------------------------------------------------------
-- (see dataset-repository.ts)

-- Runs ---------------------------------------------------------------------------------------------------------------
-- (see run-repository.ts)

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  dataset_id TEXT NOT NULL,
  dataset_version TEXT NOT NULL,
  dataset_name TEXT NOT NULL,
  recipe TEXT NOT NULL CHECK (json_valid(recipe)),
  status TEXT NOT NULL CHECK (status IN
    ('queued', 'running', 'paused', 'interrupted', 'finished', 'stopped', 'diverged', 'failed')),
  error TEXT CHECK (error IS NULL OR json_valid(error)),
  end_reason TEXT,
  -- The last acknowledged step: every step up to it has its rows below.
  step INTEGER NOT NULL DEFAULT 0,
  steps_per_epoch INTEGER NOT NULL DEFAULT 0,
  train_count INTEGER NOT NULL DEFAULT 0,
  validation_count INTEGER NOT NULL DEFAULT 0,
  parameters INTEGER NOT NULL DEFAULT 0,
  best_epoch INTEGER,
  test_accuracy REAL,
  train_seconds REAL NOT NULL DEFAULT 0,
  backend TEXT NOT NULL DEFAULT 'wasm',
  threads INTEGER NOT NULL DEFAULT 0,
  processor TEXT NOT NULL DEFAULT '',
  app_version TEXT NOT NULL,
  weights_sha256 TEXT,
  repeat_of TEXT,
  repeat_is_exact INTEGER,
  color INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  trashed_at INTEGER
) STRICT;

CREATE TABLE epoch (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  step INTEGER NOT NULL,
  train_loss REAL,
  train_accuracy REAL,
  validation_loss REAL,
  validation_accuracy REAL,
  learning_rate REAL NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

-- Losses of minibatches, one row a durable commit; columns are little-endian arrays of `count` numbers.
CREATE TABLE step_block (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  first_step INTEGER NOT NULL,
  last_step INTEGER NOT NULL CHECK (last_step >= first_step),
  count INTEGER NOT NULL,
  steps BLOB NOT NULL,       -- uint32
  losses BLOB NOT NULL,      -- float32
  accuracies BLOB NOT NULL,  -- float32
  PRIMARY KEY (run_id, first_step)
) STRICT;

-- A checkpoint exists when its row does; the file of a row has exactly this hash or the checkpoint is damaged.
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  is_best INTEGER NOT NULL,
  file TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  weights_sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX checkpoint_of_run ON checkpoint (run_id, id);

-- Verdicts of one checkpoint's model on one split; computed again whenever they are missing.
CREATE TABLE verdict (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  checkpoint_sha256 TEXT NOT NULL,
  split TEXT NOT NULL,
  indices BLOB NOT NULL,        -- uint32
  truth BLOB NOT NULL,          -- uint16
  predicted BLOB NOT NULL,      -- uint16
  probabilities BLOB NOT NULL,  -- float32
  mean_loss REAL,
  PRIMARY KEY (run_id, checkpoint_sha256, split)
) STRICT;

-- The studio itself --------------------------------------------------------------------------------------------------

CREATE TABLE view_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE made_by (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  version TEXT NOT NULL
) STRICT;
