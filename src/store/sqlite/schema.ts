/** Marks a file as ours: 'Mill' in ASCII. */
export const applicationId = 0x4d696c6c;

/**
 * The steps that build the schema; a file that has had `n` of them is of version `n`. Released steps never change:
 * a new version appends one.
 */
export const steps: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE owner (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    owner TEXT, epoch INTEGER NOT NULL, pid INTEGER, host TEXT, started TEXT, beat INTEGER
  ) STRICT;

  CREATE TABLE runs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, hash TEXT NOT NULL, registered INTEGER NOT NULL,
    status TEXT NOT NULL, input TEXT, output TEXT, error TEXT, errors TEXT, metadata TEXT,
    parent TEXT, parent_path TEXT, machine TEXT, instance TEXT, ref TEXT,
    since INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, ended INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_status ON runs (status) WHERE status NOT IN ('completed', 'failed', 'cancelled');
  CREATE INDEX runs_created ON runs (created);
  CREATE INDEX runs_parent ON runs (parent) WHERE parent IS NOT NULL;
  CREATE INDEX runs_instance ON runs (machine, instance, ref) WHERE machine IS NOT NULL;

  CREATE TABLE journal (
    run TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, path TEXT NOT NULL,
    name TEXT, attempt INTEGER NOT NULL, place TEXT, data TEXT,
    PRIMARY KEY (run, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE timers (
    key TEXT PRIMARY KEY, due INTEGER NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, part TEXT NOT NULL, data TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX timers_due ON timers (due);
  CREATE INDEX timers_target ON timers (target, part);

  CREATE TABLE waits (
    run TEXT NOT NULL, path TEXT NOT NULL, event TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (run, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX waits_event ON waits (event, key, created);

  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, payload TEXT,
    at INTEGER NOT NULL, expires INTEGER NOT NULL, source TEXT NOT NULL, result TEXT
  ) STRICT;
  CREATE INDEX events_name ON events (name, seq);
  CREATE TABLE event_keys (
    event TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (event, key, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE consumed (run TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;

  CREATE TABLE instances (
    machine TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, snapshot TEXT NOT NULL, hash TEXT NOT NULL,
    seq INTEGER NOT NULL, parent_machine TEXT, parent_instance TEXT, parent_ref TEXT,
    created INTEGER NOT NULL, updated INTEGER NOT NULL,
    PRIMARY KEY (machine, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX instances_parent ON instances (parent_machine, parent_instance, parent_ref) WHERE parent_machine IS NOT NULL;
  CREATE INDEX instances_updated ON instances (updated);
  CREATE TABLE instance_history (
    machine TEXT NOT NULL, instance TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
    payload TEXT, before TEXT, after TEXT NOT NULL, context TEXT NOT NULL, errors TEXT,
    PRIMARY KEY (machine, instance, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, request TEXT NOT NULL, at INTEGER NOT NULL, answer TEXT
  ) STRICT;
  CREATE INDEX inbox_pending ON inbox (id) WHERE answer IS NULL;

  CREATE TABLE idempotency (
    scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, result TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
  `,
  // Several timers of an instance under one id; histories that can be gone back in and measured.
  `
  ALTER TABLE timers ADD COLUMN name TEXT;
  UPDATE timers SET name = substr(key, length(target) + length(part) + 3) WHERE kind = 'machine';
  ALTER TABLE instances ADD COLUMN input TEXT;
  ALTER TABLE instances ADD COLUMN armed INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE instance_history ADD COLUMN kind TEXT NOT NULL DEFAULT 'event';
  ALTER TABLE instance_history ADD COLUMN more TEXT;
  ALTER TABLE instance_history ADD COLUMN armed TEXT;
  ALTER TABLE instance_history ADD COLUMN took REAL;
  `,
  // Which version of the system made a row, so that a migration knows from where to carry it on.
  `
  ALTER TABLE runs ADD COLUMN version TEXT;
  ALTER TABLE runs ADD COLUMN renamed TEXT;
  ALTER TABLE instances ADD COLUMN version TEXT;
  ALTER TABLE instances ADD COLUMN migrated INTEGER;
  CREATE TABLE migrations (
    id TEXT PRIMARY KEY, system TEXT NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL, report TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Work that several processes share, effects that happen once, progress within a step, runs that begin before others;
  // what models have used and may use.
  `
  ALTER TABLE runs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN forked TEXT;
  CREATE INDEX runs_ended ON runs (ended) WHERE ended IS NOT NULL;
  CREATE INDEX idempotency_result ON idempotency (result);

  CREATE TABLE work (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, path TEXT NOT NULL, task TEXT NOT NULL, status TEXT NOT NULL,
    priority INTEGER NOT NULL, request TEXT NOT NULL, attempt INTEGER NOT NULL, lost INTEGER NOT NULL DEFAULT 0,
    max_lost INTEGER NOT NULL, worker TEXT, token INTEGER NOT NULL DEFAULT 0, until INTEGER, result TEXT, history TEXT,
    created INTEGER NOT NULL, updated INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX work_ready ON work (priority DESC, created, id) WHERE status = 'pending';
  CREATE INDEX work_held ON work (until) WHERE status = 'in_progress';
  CREATE INDEX work_over ON work (updated) WHERE status IN ('completed', 'failed', 'expired');
  CREATE INDEX work_lost ON work (updated) WHERE lost > 0;
  CREATE TRIGGER work_final BEFORE UPDATE ON work WHEN OLD.status IN ('completed', 'failed', 'expired')
  BEGIN SELECT RAISE(ABORT, 'this work is over'); END;

  CREATE TABLE ledger (
    scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status TEXT NOT NULL, owner TEXT, until INTEGER,
    result TEXT, blob TEXT, run TEXT, path TEXT, task TEXT, name TEXT, executions INTEGER NOT NULL DEFAULT 0,
    replays INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL, expires INTEGER,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ledger_expires ON ledger (expires) WHERE expires IS NOT NULL;
  CREATE INDEX ledger_run ON ledger (run, created) WHERE run IS NOT NULL;
  CREATE INDEX ledger_blob ON ledger (blob) WHERE blob IS NOT NULL;
  CREATE TABLE blobs (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE progress (
    run TEXT NOT NULL, path TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (run, path)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE budgets (
    account TEXT PRIMARY KEY, currency TEXT NOT NULL, spent INTEGER NOT NULL, reserved INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE reservations (
    id TEXT PRIMARY KEY, accounts TEXT NOT NULL, micros INTEGER NOT NULL, currency TEXT NOT NULL, at INTEGER NOT NULL,
    holder TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE usage (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, task TEXT, agent TEXT,
    run TEXT, step TEXT, input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL,
    cache_write INTEGER NOT NULL, estimated INTEGER NOT NULL, micros INTEGER, currency TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX usage_run ON usage (run, at) WHERE run IS NOT NULL;
  CREATE TABLE answers (
    key TEXT PRIMARY KEY, provider TEXT NOT NULL, model TEXT NOT NULL, operation TEXT, answer TEXT NOT NULL,
    stored INTEGER NOT NULL, expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_expires ON answers (expires);
  CREATE TABLE notes (
    run TEXT NOT NULL, task TEXT NOT NULL, spec TEXT NOT NULL, number INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (run, task, spec, number)
  ) STRICT, WITHOUT ROWID;
  `,
];
