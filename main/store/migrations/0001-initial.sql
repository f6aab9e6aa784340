-- Datasets -----------------------------------------------------------------------------------------------------------
-- (see dataset-repository.ts)

CREATE TABLE dataset (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('folder', 'idx', 'cifar', 'sample')),
  -- What it was read from and how: paths and options, or the name of a sample.
  source TEXT NOT NULL CHECK (json_valid(source)),
  -- The current one of its versions.
  version TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  -- Order of opening; clocks step.
  opened INTEGER NOT NULL,
  trashed_at INTEGER
) STRICT;

-- One pass over a source. Without a dataset it is unfinished, and the next import of the same source goes on from it.
CREATE TABLE reading (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id TEXT REFERENCES dataset (id) ON DELETE CASCADE,
  source_key TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  channels INTEGER NOT NULL CHECK (channels IN (1, 3)),
  fit TEXT NOT NULL,
  count INTEGER NOT NULL DEFAULT 0,
  -- Name of the pixel cache; null while the reading goes on.
  pixels_sha256 TEXT,
  outcomes TEXT CHECK (outcomes IS NULL OR json_valid(outcomes)),
  warnings TEXT CHECK (warnings IS NULL OR json_valid(warnings)),
  exact BLOB,             -- uint32: first picture with the same pixels
  duplicate_groups BLOB   -- int32: number of the group, -1 alone
) STRICT;
CREATE INDEX reading_of_dataset ON reading (dataset_id);
CREATE INDEX reading_of_source ON reading (source_key) WHERE dataset_id IS NULL;

-- Every entry of a source with its outcome, and every picture. Pictures inside an IDX or CIFAR file have rows of their own
-- that are not listed as entries.
CREATE TABLE source_entry (
  reading_id INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  path BLOB NOT NULL,          -- the name's bytes
  is_listed INTEGER NOT NULL,
  outcome INTEGER NOT NULL,    -- index into the outcomes of the contract
  reasons TEXT,                -- [[code, details], …]
  class_name TEXT,
  split INTEGER,
  picture INTEGER,             -- its number; null where nothing was kept
  size_bytes INTEGER NOT NULL,
  mtime_ms REAL NOT NULL,
  inode REAL NOT NULL,
  sha256 BLOB,                 -- of the bytes that were decoded
  pixel_sha256 BLOB,
  difference_hash BLOB,
  original_width INTEGER,
  original_height INTEGER,
  PRIMARY KEY (reading_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_entry_by_outcome ON source_entry (reading_id, outcome, seq) WHERE is_listed = 1 AND outcome > 0;
CREATE UNIQUE INDEX source_entry_by_picture ON source_entry (reading_id, picture) WHERE picture IS NOT NULL;

-- What a run trains on; never changed. Columns hold one number a picture.
CREATE TABLE dataset_version (
  dataset_id TEXT NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
  version TEXT NOT NULL,
  reading_id INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
  classes TEXT NOT NULL CHECK (json_valid(classes)),
  labels BLOB NOT NULL,   -- uint16
  splits BLOB NOT NULL,   -- uint8: index into the split names of the contract
  flags BLOB NOT NULL,    -- uint8: bit 0 excluded, bit 1 warned, bit 2 in a duplicate group
  PRIMARY KEY (dataset_id, version)
) STRICT;

CREATE TABLE dataset_edit (
  id TEXT PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
  version_before TEXT NOT NULL,
  version_after TEXT NOT NULL
) STRICT;

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
