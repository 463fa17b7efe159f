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
