-- A log as version 2 of the schema left it: the schema itself, as it was, and something of everything. Never changed: tests bring it up to date.
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

-- What version 2 made of it, as it was, and something that only it can hold.
-- A comparison is an entry of the log as a run is: it is found, deleted and given away like one. What was made for it alone is a part of it and no entry.
ALTER TABLE runs ADD COLUMN kind INTEGER NOT NULL DEFAULT 0; -- CpgLogKind
ALTER TABLE runs ADD COLUMN part INTEGER NOT NULL DEFAULT 0;

-- What was read of the noisy state x_t, where that was looked at.
ALTER TABLE steps ADD COLUMN noisy_text TEXT NOT NULL DEFAULT '';

-- What stands side by side, with its measurements.
CREATE TABLE columns (
  comparison INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  run INTEGER REFERENCES runs (number) ON DELETE SET NULL, -- NULL: it never began, or is gone
  variation TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  seconds REAL, perplexity REAL, diversity REAL, rouge_1 REAL, rouge_2 REAL, rouge_l REAL, bleu REAL,
  problem TEXT NOT NULL,                    -- why there is no perplexity
  own_judge INTEGER NOT NULL,               -- the judge has written it
  PRIMARY KEY (comparison, position)
) WITHOUT ROWID;
CREATE INDEX columns_by_run ON columns (run);

-- Comparisons that were noted beside the runs so far become entries.
CREATE TABLE moved AS SELECT number, lower (hex (randomblob (4)) || '-' || hex (randomblob (2)) || '-4' || substr (hex (randomblob (2)), 2)
  || '-8' || substr (hex (randomblob (2)), 2) || '-' || hex (randomblob (6))) AS id FROM comparisons;
INSERT INTO runs (id, parent, branched, task, source, seed, settings, model_name, model_path, model_sha256, engine, program, started, state, error, title,
  note, tags, output, output_hash, kind)
SELECT moved.id, '', 0, coalesce (first.task, ''), coalesce (first.source, ''), coalesce (first.seed, 0), coalesce (first.settings, '{}'), '', '', '', '',
  coalesce (first.program, ''), made, 1, '', comparisons.title, comparisons.note, '', coalesce (first.output, ''), '', 2
FROM comparisons JOIN moved ON moved.number = comparisons.number
LEFT JOIN comparison_runs ON comparison = comparisons.number AND position = 0 LEFT JOIN runs AS first ON first.number = run;
INSERT INTO columns (comparison, position, run, variation, tokens, problem, own_judge)
SELECT runs.number, position, run, iif (position = 0, 'same', kinds.kind), 0, '', 0
FROM comparison_runs JOIN comparisons AS kinds ON kinds.number = comparison JOIN moved ON moved.number = comparison JOIN runs ON runs.id = moved.id;
DROP TABLE moved;
DROP TABLE comparison_runs;
DROP TABLE comparisons;

CREATE TABLE comparisons (
  run INTEGER PRIMARY KEY REFERENCES runs (number) ON DELETE CASCADE,
  judge TEXT NOT NULL,
  reference TEXT NOT NULL
);
INSERT INTO comparisons (run, judge, reference) SELECT number, '', '' FROM runs WHERE kind = 2;
INSERT INTO runs (number, id, parent, branched, task, source, seed, settings, model_name, model_path, model_sha256, engine, program, started, state, error, title,
  note, tags, output, output_hash, kind, part)
VALUES (10, '6ba7b814-9dad-41d1-80b4-00c04fd430c8', '', 0, 'story', '', 7, '{}', 'Baseline', '', '', 'f32', '0.1.0', 1700000004000000, 1, '', '', '', '', 'A hare.', '',
  1, 1);
INSERT INTO columns VALUES ((SELECT number FROM runs WHERE kind = 2), 2, 10, 'autoregressive', 3, 0.5, 12.5, NULL, NULL, NULL, NULL, NULL, '', 1);
UPDATE steps SET noisy_text = 'Owls owls' WHERE run = 1 AND step = 1;
UPDATE comparisons SET judge = 'Baseline', reference = 'A text.';
PRAGMA user_version = 2;
