-- Labels as models see them that have not seen the picture. The columns are those of LabelStudy in core/rpc/contract/explanation.ts.

CREATE TABLE label_study (
  run_id TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  folds INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  epochs INTEGER NOT NULL,
  indices BLOB NOT NULL,    -- uint32
  labels BLOB NOT NULL,     -- uint16
  suggested BLOB NOT NULL,  -- uint16
  given BLOB NOT NULL,      -- float32
  other BLOB NOT NULL,      -- float32
  suspected BLOB NOT NULL,  -- uint8
  accuracy REAL NOT NULL,
  PRIMARY KEY (run_id, folds, seed, epochs)
) STRICT;
