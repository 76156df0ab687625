PRAGMA application_id = 1298754668;
PRAGMA user_version = 2;
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
  , name TEXT) STRICT, WITHOUT ROWID;
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
    created INTEGER NOT NULL, updated INTEGER NOT NULL, input TEXT, armed INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (machine, id)
  ) STRICT, WITHOUT ROWID;
CREATE INDEX instances_parent ON instances (parent_machine, parent_instance, parent_ref) WHERE parent_machine IS NOT NULL;
CREATE INDEX instances_updated ON instances (updated);
CREATE TABLE instance_history (
    machine TEXT NOT NULL, instance TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, event TEXT NOT NULL,
    payload TEXT, before TEXT, after TEXT NOT NULL, context TEXT NOT NULL, errors TEXT, kind TEXT NOT NULL DEFAULT 'event', more TEXT, armed TEXT, took REAL,
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
INSERT INTO meta VALUES ('cursor', '2');
INSERT INTO meta VALUES ('fields', '{"told":[["n"]]}');
INSERT INTO meta VALUES ('machine door', 'hash of door');
INSERT INTO owner VALUES (1, NULL, 1, 30000, 'vm', '3600380', 1795266989953);
INSERT INTO runs VALUES ('calls', 'flow', 'calls', 'hash of calls', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('calls/under', 'flow', 'inner', 'hash of inner', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', 'calls', 'under', NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('cancelled', 'flow', 'waits', 'hash of waits', 0, 'cancelled', '9', NULL, '{"name":"RunError","message":"Run ''cancelled'' was cancelled.","code":"MR3203","retryable":false,"fault":"input","details":{"run":"cancelled"}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, 1767225600000);
INSERT INTO runs VALUES ('catches', 'flow', 'catches', 'hash of catches', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('door:A:2.0', 'flow', 'inner', 'hash of inner', 0, 'waiting', '4', NULL, NULL, NULL, NULL, NULL, NULL, 'door', 'A', 'job', 1, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('fails', 'flow', 'fails', 'hash of fails', 0, 'failed', '1', NULL, '{"name":"NonRetryableError","message":"bad","code":"MR3100","retryable":false,"fault":"user-code","details":{"task":"work","runId":"fails","step":"bad","attempt":1,"run":"fails","source":"test.dsl.ts:11:3"}}', NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, 1767225600000);
INSERT INTO runs VALUES ('parts', 'flow', 'parts', 'hash of parts', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('retries', 'flow', 'retries', 'hash of retries', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('rounds', 'flow', 'rounds', 'hash of rounds', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('sleeps', 'flow', 'sleeps', 'hash of sleeps', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO runs VALUES ('waits', 'flow', 'waits', 'hash of waits', 0, 'waiting', '1', NULL, NULL, NULL, '{"by":"golden"}', NULL, NULL, NULL, NULL, NULL, 0, 1767225600000, 1767225600000, NULL);
INSERT INTO journal VALUES ('calls', 1, 1767225600000, 'called', 'under', 'inner', 1, '11:3', '1');
INSERT INTO journal VALUES ('calls/under', 1, 1767225600000, 'sleeping', 'nap', NULL, 0, '11:3', '1767229200000');
INSERT INTO journal VALUES ('cancelled', 1, 1767225600000, 'started', 'one', 'work', 1, '11:3', '{"n":9}');
INSERT INTO journal VALUES ('cancelled', 2, 1767225600000, 'completed', 'one', 'work', 1, '11:3', '10');
INSERT INTO journal VALUES ('cancelled', 3, 1767225600000, 'waiting', 'hear', 'told', 0, '11:3', '{"key":"{\"n\":9}"}');
INSERT INTO journal VALUES ('cancelled', 4, 1767225600000, 'stopping', '', NULL, 0, NULL, '{"reason":"cancel","error":{"name":"RunError","message":"Run ''cancelled'' was cancelled.","code":"MR3203","retryable":false,"fault":"input","details":{"run":"cancelled"}}}');
INSERT INTO journal VALUES ('cancelled', 5, 1767225600000, 'cancelled', 'hear', 'told', 0, '11:3', NULL);
INSERT INTO journal VALUES ('catches', 1, 1767225600000, 'started', 'try/try/in', 'work', 1, '11:3', '{"n":1}');
INSERT INTO journal VALUES ('catches', 2, 1767225600000, 'completed', 'try/try/in', 'work', 1, '11:3', '2');
INSERT INTO journal VALUES ('catches', 3, 1767225600000, 'started', 'try/try/bad', 'work', 1, '11:3', '{"n":-1}');
INSERT INTO journal VALUES ('catches', 4, 1767225600000, 'failed', 'try/try/bad', 'work', 1, '11:3', '{"name":"NonRetryableError","message":"bad","code":"MR3100","retryable":false,"fault":"user-code","details":{"task":"work","runId":"catches","step":"try/try/bad","attempt":1,"run":"catches","source":"test.dsl.ts:11:3"}}');
INSERT INTO journal VALUES ('catches', 5, 1767225600000, 'caught', 'try', NULL, 0, NULL, '{"name":"NonRetryableError","message":"bad","code":"MR3100","retryable":false,"fault":"user-code","details":{"task":"work","runId":"catches","step":"try/try/bad","attempt":1,"run":"catches","source":"test.dsl.ts:11:3"}}');
INSERT INTO journal VALUES ('catches', 6, 1767225600000, 'started', 'try/try/in/~undo', 'back', 1, '11:3', '1');
INSERT INTO journal VALUES ('catches', 7, 1767225600000, 'completed', 'try/try/in/~undo', 'back', 1, '11:3', NULL);
INSERT INTO journal VALUES ('catches', 8, 1767225600000, 'sleeping', 'try/catch/nap', NULL, 0, '11:3', '1767229200000');
INSERT INTO journal VALUES ('door:A:2.0', 1, 1767225600000, 'sleeping', 'nap', NULL, 0, '11:3', '1767229200000');
INSERT INTO journal VALUES ('fails', 1, 1767225600000, 'started', 'one', 'work', 1, '11:3', '{"n":1}');
INSERT INTO journal VALUES ('fails', 2, 1767225600000, 'completed', 'one', 'work', 1, '11:3', '2');
INSERT INTO journal VALUES ('fails', 3, 1767225600000, 'started', 'bad', 'work', 1, '11:3', '{"n":-1}');
INSERT INTO journal VALUES ('fails', 4, 1767225600000, 'failed', 'bad', 'work', 1, '11:3', '{"name":"NonRetryableError","message":"bad","code":"MR3100","retryable":false,"fault":"user-code","details":{"task":"work","runId":"fails","step":"bad","attempt":1,"run":"fails","source":"test.dsl.ts:11:3"}}');
INSERT INTO journal VALUES ('fails', 5, 1767225600000, 'stopping', '', NULL, 0, NULL, '{"reason":"error","error":{"name":"NonRetryableError","message":"bad","code":"MR3100","retryable":false,"fault":"user-code","details":{"task":"work","runId":"fails","step":"bad","attempt":1,"run":"fails","source":"test.dsl.ts:11:3"}}}');
INSERT INTO journal VALUES ('fails', 6, 1767225600000, 'started', 'one/~undo', 'back', 1, '11:3', '1');
INSERT INTO journal VALUES ('fails', 7, 1767225600000, 'completed', 'one/~undo', 'back', 1, '11:3', NULL);
INSERT INTO journal VALUES ('parts', 1, 1767225600000, 'sleeping', 'both/b/nap', NULL, 0, '11:3', '1767229200000');
INSERT INTO journal VALUES ('parts', 2, 1767225600000, 'started', 'both/a/x', 'work', 1, '11:3', '{"n":1}');
INSERT INTO journal VALUES ('parts', 3, 1767225600000, 'completed', 'both/a/x', 'work', 1, '11:3', '2');
INSERT INTO journal VALUES ('retries', 1, 1767225600000, 'started', 'flaky', 'work', 1, '11:3', '{"n":1,"fails":2}');
INSERT INTO journal VALUES ('retries', 2, 1767225600000, 'retrying', 'flaky', 'work', 1, '11:3', '{"error":{"name":"TaskError","message":"flaky","code":"MR3100","retryable":true,"fault":"user-code","details":{"task":"work","runId":"retries","step":"flaky","attempt":1}},"until":1767229200000}');
INSERT INTO journal VALUES ('rounds', 1, 1767225600000, 'started', 'again[0]/r', 'work', 1, '11:3', '{"n":1}');
INSERT INTO journal VALUES ('rounds', 2, 1767225600000, 'completed', 'again[0]/r', 'work', 1, '11:3', '2');
INSERT INTO journal VALUES ('rounds', 3, 1767225600000, 'sleeping', 'again[0]/~delay', NULL, 0, '11:3', '1767229200000');
INSERT INTO journal VALUES ('sleeps', 1, 1767225600000, 'started', 'one', 'work', 1, '11:3', '{"n":1}');
INSERT INTO journal VALUES ('sleeps', 2, 1767225600000, 'completed', 'one', 'work', 1, '11:3', '2');
INSERT INTO journal VALUES ('sleeps', 3, 1767225600000, 'sleeping', 'nap', NULL, 0, '11:3', '1767229200000');
INSERT INTO journal VALUES ('waits', 1, 1767225600000, 'started', 'one', 'work', 1, '11:3', '{"n":1}');
INSERT INTO journal VALUES ('waits', 2, 1767225600000, 'completed', 'one', 'work', 1, '11:3', '2');
INSERT INTO journal VALUES ('waits', 3, 1767225600000, 'waiting', 'hear', 'told', 0, '11:3', '{"key":"{\"n\":1}"}');
INSERT INTO timers VALUES ('calls/under nap', 1767229200000, 'sleep', 'calls/under', 'nap', NULL, NULL);
INSERT INTO timers VALUES ('catches try/catch/nap', 1767229200000, 'sleep', 'catches', 'try/catch/nap', NULL, NULL);
INSERT INTO timers VALUES ('door:A:2.0 nap', 1767229200000, 'sleep', 'door:A:2.0', 'nap', NULL, NULL);
INSERT INTO timers VALUES ('machine door A 0000000002.000001', 1767232800000, 'machine', 'machine door', 'A', '{"name":"tick"}', 't');
INSERT INTO timers VALUES ('parts both/b/nap', 1767229200000, 'sleep', 'parts', 'both/b/nap', NULL, NULL);
INSERT INTO timers VALUES ('retries flaky', 1767229200000, 'retry', 'retries', 'flaky', NULL, NULL);
INSERT INTO timers VALUES ('rounds again[0]/~delay', 1767229200000, 'sleep', 'rounds', 'again[0]/~delay', NULL, NULL);
INSERT INTO timers VALUES ('sleeps nap', 1767229200000, 'sleep', 'sleeps', 'nap', NULL, NULL);
INSERT INTO waits VALUES ('waits', 'hear', 'told', '{"n":1}', 1767225600000);
INSERT INTO events VALUES (1, 'evt_01kdvdna00ky9rf5dxab', 'opened', '{"id":"A"}', 1767225600000, 1767830400000, 'send', '{"handled":true,"deliveries":[{"to":"instance","machine":"door","instanceId":"A","created":true,"handled":true}]}');
INSERT INTO events VALUES (2, 'evt_01kdvdna00htw6zbg3rm', 'told', '{"n":5,"text":"for nobody"}', 1767225600000, 1767830400000, 'send', '{"handled":false,"deliveries":[],"available":[]}');
INSERT INTO event_keys VALUES ('told', '{"n":5}', 2);
INSERT INTO instances VALUES ('door', 'A', 'active', '{"state":["open"],"context":{"opened":1},"status":"active"}', 'hash of door', 2, NULL, NULL, NULL, 1767225600000, 1767225600000, NULL, 1);
INSERT INTO instances VALUES ('door', 'B', 'active', '{"state":["shut"],"context":{"opened":0},"status":"active"}', 'hash of door', 1, NULL, NULL, NULL, 1767225600000, 1767225600000, NULL, 0);
INSERT INTO instance_history VALUES ('door', 'A', 1, 1767225600000, '', NULL, NULL, '["shut"]', '{"opened":0}', NULL, 'event', NULL, NULL, 0.186);
INSERT INTO instance_history VALUES ('door', 'A', 2, 1767225600000, 'open', '{"id":"A"}', '["shut"]', '["open"]', '{"opened":1}', NULL, 'event', NULL, '{"timers":[{"id":"t","due":1767232800000,"event":{"name":"tick"}}],"work":[{"id":"job","run":"door:A:2.0"}]}', 0.421);
INSERT INTO instance_history VALUES ('door', 'B', 1, 1767225600000, '', NULL, NULL, '["shut"]', '{"opened":0}', NULL, 'event', NULL, NULL, 0.017);
INSERT INTO inbox VALUES (1, 'start', '{"kind":"flow","target":"sleeps","input":3,"id":"asked"}', 1767225900000, NULL);
INSERT INTO idempotency VALUES ('send', 'open', 'b3ce925e3969de8c8bdb00e92a9957fe041abd0fb1656f3dee7a9f9665293546', '{"eventId":"evt_01kdvdna00ky9rf5dxab"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of calls', '1cec2110f77f34099e75b1d11ef932a7b3a1441f9810141ae365ec01fe2137f3', '{"runId":"calls"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of catches', '91e54c2348c05c4d96654a18309e10be0fa80993ece274551a7985ca1457c7ee', '{"runId":"catches"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of fails', '730c01626c2ffe3a5f9123a3aa848c41a01b4b044eaae3017de15f9546eb6a71', '{"runId":"fails"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of parts', 'af59a39fadc9acdbd98920720aa8cad6db62cb6df84cc7ed8ed303ff68cb8b36', '{"runId":"parts"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of retries', '878be5444dd57eedda33d702ad65c95f5bcaf572f4adf75bcfcfcea261d53f4d', '{"runId":"retries"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of rounds', '98a8961451182ddca588c2dc629ed656976916890c14c937cfe1858c57acdb9b', '{"runId":"rounds"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of sleeps', '6400269645d3ee065cefe63cbb82f6431abce2c19ee7589305d99653ef57765b', '{"runId":"sleeps"}', 1767225600000);
INSERT INTO idempotency VALUES ('start', 'key of waits', 'a4bd9585e29bd118191e4c681fa0284360d67400fcc9f8093e7331b4eff1d9a5', '{"runId":"waits"}', 1767225600000);
