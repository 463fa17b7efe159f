-- Runs, each with its steps as they came. Times are microseconds since 1970, UTC; numbers that nobody measured are NULL.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice: people write it down
  id TEXT NOT NULL UNIQUE,
  parent TEXT NOT NULL,                     -- id of the run it branched from, which need not be here
  branched INTEGER NOT NULL,
  task TEXT NOT NULL,
  source TEXT NOT NULL,
  seed INTEGER NOT NULL,                    -- 64 bits, unsigned
  settings TEXT NOT NULL,                   -- JSON
  model_name TEXT NOT NULL,
  model_path TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,
  engine TEXT NOT NULL,
  program TEXT NOT NULL,
  started INTEGER NOT NULL,
  seconds REAL,
  state INTEGER NOT NULL,                   -- CpgLogState
  error TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  tags TEXT NOT NULL,                       -- a line each
  output TEXT NOT NULL,
  output_hash TEXT NOT NULL,
  deleted INTEGER                           -- when; NULL: not
);
CREATE INDEX runs_by_time ON runs (started, number);
CREATE INDEX runs_active ON runs (number) WHERE state = 0;
CREATE INDEX runs_deleted ON runs (deleted) WHERE deleted IS NOT NULL;

CREATE TABLE steps (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  t REAL, alpha REAL, sigma REAL, change REAL, seconds REAL,
  decoded INTEGER NOT NULL,
  confidence REAL, entropy REAL,
  changed INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  text TEXT NOT NULL,
  tokens BLOB,
  PRIMARY KEY (run, step)
) WITHOUT ROWID;

-- Latents that somebody wants to keep: f16, zstd.
CREATE TABLE latents (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,                    -- -1: the result
  noisy INTEGER NOT NULL,
  n INTEGER NOT NULL,
  width INTEGER NOT NULL,
  packed BLOB NOT NULL,
  pinned INTEGER NOT NULL,                  -- when
  UNIQUE (run, step, noisy)
);

-- What can be searched; the words themselves stay in runs.
CREATE VIRTUAL TABLE runs_text USING fts5 (
  title, tags, note, source, output,
  content = 'runs', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
CREATE TRIGGER runs_text_insert AFTER INSERT ON runs BEGIN
  INSERT INTO runs_text (rowid, title, tags, note, source, output)
  VALUES (new.number, new.title, new.tags, new.note, new.source, new.output);
END;
CREATE TRIGGER runs_text_delete AFTER DELETE ON runs BEGIN
  INSERT INTO runs_text (runs_text, rowid, title, tags, note, source, output)
  VALUES ('delete', old.number, old.title, old.tags, old.note, old.source, old.output);
END;
CREATE TRIGGER runs_text_update AFTER UPDATE OF title, tags, note, source, output ON runs BEGIN
  INSERT INTO runs_text (runs_text, rowid, title, tags, note, source, output)
  VALUES ('delete', old.number, old.title, old.tags, old.note, old.source, old.output);
  INSERT INTO runs_text (rowid, title, tags, note, source, output)
  VALUES (new.number, new.title, new.tags, new.note, new.source, new.output);
END;

CREATE TABLE comparisons (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  made INTEGER NOT NULL
);
CREATE TABLE comparison_runs (
  comparison INTEGER NOT NULL REFERENCES comparisons (number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  PRIMARY KEY (comparison, position)
) WITHOUT ROWID;
CREATE INDEX comparison_runs_by_run ON comparison_runs (run);

CREATE TABLE bookmarks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  title TEXT NOT NULL,
  made INTEGER NOT NULL,
  UNIQUE (run, step)
);

CREATE TABLE trainings (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  stage TEXT NOT NULL,
  recipe TEXT NOT NULL,                     -- JSON
  started INTEGER NOT NULL,
  seconds REAL,
  state INTEGER NOT NULL,
  error TEXT NOT NULL,
  output TEXT NOT NULL,                     -- path of the weights
  note TEXT NOT NULL
);
CREATE TABLE training_points (
  training INTEGER NOT NULL REFERENCES trainings (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  measures TEXT NOT NULL,                   -- JSON
  PRIMARY KEY (training, step)
) WITHOUT ROWID;
