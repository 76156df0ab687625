/**
 * Plays the scenario on a file, as a process of its own: `node scenario-child.ts DB ACKS [careless]`. Each run whose end
 * was acknowledged is a line in ACKS. A failure is one line on stderr with its code, and exit code 2.
 */
import { openSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from 'millrace/store';
import { play, World } from './scenario.ts';

const [file = '', acks = '', how] = process.argv.slice(2);
if (how === 'careless') {
  // An engine that acknowledges before the disk has it: the tests have to notice.
  const exec = Reflect.get(DatabaseSync.prototype, 'exec') as (this: DatabaseSync, sql: string) => void;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    exec.call(this, sql.replace('synchronous = FULL', 'synchronous = OFF'));
  };
}
const log = openSync(acks, 'a');
const say = (line: string): void => void writeSync(log, `${line}\n`);
try {
  const store = openSqlite(file);
  const world = new World();
  const runtime = world.open(store, () => {});
  const end = await play(runtime, world.clock, say);
  await runtime.close();
  store.close();
  console.log(JSON.stringify(end));
} catch (error) {
  const { code, message } = error as { code?: unknown; message?: unknown };
  console.error(`error ${String(code)}: ${String(message)}`);
  process.exit(2);
}
