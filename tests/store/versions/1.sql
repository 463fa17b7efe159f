-- A log as version 1 of the schema left it: the schema itself, as it was, and something of everything. Never changed: tests bring it up to date.
CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  parent TEXT NOT NULL,
  branched INTEGER NOT NULL,
  task TEXT NOT NULL,
  source TEXT NOT NULL,
  seed INTEGER NOT NULL,
  settings TEXT NOT NULL,
  model_name TEXT NOT NULL,
  model_path TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,
  engine TEXT NOT NULL,
  program TEXT NOT NULL,
  started INTEGER NOT NULL,
  seconds REAL,
  state INTEGER NOT NULL,
  error TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  tags TEXT NOT NULL,
  output TEXT NOT NULL,
  output_hash TEXT NOT NULL,
  deleted INTEGER
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
CREATE TABLE latents (
  run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  noisy INTEGER NOT NULL,
  n INTEGER NOT NULL,
  width INTEGER NOT NULL,
  packed BLOB NOT NULL,
  pinned INTEGER NOT NULL,
  UNIQUE (run, step, noisy)
);
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
  recipe TEXT NOT NULL,
  started INTEGER NOT NULL,
  seconds REAL,
  state INTEGER NOT NULL,
  error TEXT NOT NULL,
  output TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE training_points (
  training INTEGER NOT NULL REFERENCES trainings (number) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  measures TEXT NOT NULL,
  PRIMARY KEY (training, step)
) WITHOUT ROWID;
PRAGMA user_version = 1;
INSERT INTO runs VALUES (1, '6ba7b810-9dad-41d1-80b4-00c04fd430c8', '', 0, 'story', '', -2, '{"steps":3}', 'Story', '/models/story.gguf', 'aa', 'oneDNN bf16',
  '0.1.0', 1700000000000000, 0.5, 1, '', 'The owl', 'a note', 'one' || char (10) || 'two', 'An owl saw the moon.', 'bb', NULL);
INSERT INTO runs VALUES (2, '6ba7b811-9dad-41d1-80b4-00c04fd430c8', '6ba7b810-9dad-41d1-80b4-00c04fd430c8', 1, 'story', 'A source', 7, '{}', 'Story', '', '', '',
  '0.1.0', 1700000001000000, NULL, 0, '', '', '', '', '', '', NULL);
INSERT INTO runs VALUES (3, '6ba7b812-9dad-41d1-80b4-00c04fd430c8', '', 0, 'story', '', 7, '{}', 'Story', '', '', '', '0.1.0', 1700000002000000, NULL, 3,
  'It failed', '', '', '', '', '', 1700000003000000);
INSERT INTO steps VALUES (1, 0, 1, 0, 1, 0, 0.1, 1, 0.5, 2, 3, 0, 'An ox', x'05ff');
INSERT INTO steps VALUES (1, 1, 0.5, 0.5, 0.5, 0.1, 0.1, 0, NULL, NULL, 0, 0, '', NULL);
INSERT INTO latents VALUES (1, -1, 0, 1, 1, x'28b52ffd20021100000000', 1700000000000000);
INSERT INTO comparisons VALUES (1, 'samplers', 'Two', '', 1700000000000000);
INSERT INTO comparison_runs VALUES (1, 0, 2), (1, 1, 1);
INSERT INTO bookmarks VALUES (1, 1, 1, 'A bookmark', 1700000000000000);
INSERT INTO trainings VALUES (1, '6ba7b813-9dad-41d1-80b4-00c04fd430c8', 'Story', 'denoiser', '{}', 1700000000000000, NULL, 0, '', '', '');
INSERT INTO training_points VALUES (1, 10, '{"loss":3}');
