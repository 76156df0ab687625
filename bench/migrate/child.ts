/** One way through a database of version 1: `node child.ts ours|raw FILE`. Prints the time and the most memory. */
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from 'millrace/store';
import { migrateDatabase } from '../../src/migrate/database/migrate-database.ts';
import { versionsFrom, worldOf } from '../../src/migrate/fixtures/versions.ts';
import { texts } from './versions.ts';

const [how = '', file = ''] = process.argv.slice(2);

/** The same rows, by two statements of SQL: what nobody can be faster than. */
function raw(): void {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
  db.exec(`UPDATE instances SET snapshot = json_set(snapshot, '$.state', json_array('stopped'), '$.context.maker', 'Ada'),
    seq = seq + 1, version = '2.0.0', migrated = seq + 1, updated = updated + 1`);
  db.exec(`INSERT INTO instance_history (machine, instance, seq, at, event, payload, before, after, context, errors, kind)
    SELECT machine, id, seq, updated, 'migration', '{"from":"1.0.0","to":"2.0.0","migration":"m"}', '["still"]', '["stopped"]',
      json_extract(snapshot, '$.context'), NULL, 'migration' FROM instances`);
  db.exec('COMMIT');
  db.close();
}

const world =
  how === 'ours'
    ? worldOf(await versionsFrom(texts), [
        {
          from: '1.0.0',
          to: '2.0.0',
          instances: {
            clock: { states: { still: 'stopped' }, context: (context: object) => ({ ...context, maker: 'Ada' }) },
          },
        },
      ])
    : undefined;
const before = process.resourceUsage().maxRSS;
const started = performance.now();
if (world === undefined) raw();
else {
  const store = openSqlite(file);
  await migrateDatabase(store, world);
  store.close();
}
const ms = performance.now() - started;
console.log(JSON.stringify({ ms, grown: (process.resourceUsage().maxRSS - before) / 1024 }));
