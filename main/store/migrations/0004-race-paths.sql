-- Where the optimizers of a race went: computed once, as JSON of PathsReport in core/rpc/contract/searches.ts.

CREATE TABLE race_paths (
  search_id TEXT PRIMARY KEY REFERENCES search (id) ON DELETE CASCADE,
  report TEXT NOT NULL CHECK (json_valid(report))
) STRICT, WITHOUT ROWID;
