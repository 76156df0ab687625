/**
 * The main job, for a person to watch: 500 orders, a kill -9 in the middle, and every order ends once.
 *
 *   npm run demo [-- --orders N] [-- --engine restate]
 *
 * On Restate it is the server that is killed, and by default there are 150 orders.
 */
import { parseArgs } from 'node:util';
import { playOnRestate } from './play-restate.ts';
import { play } from './play.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'embedded' },
    orders: { type: 'string' },
    work: { type: 'string', default: '.millrace/demo' },
  },
});
const engines = { embedded: { play, orders: '500' }, restate: { play: playOnRestate, orders: '150' } };
if (!Object.hasOwn(engines, values.engine)) {
  process.stdout.write(`There is no engine '${values.engine}'. There are: ${Object.keys(engines).join(', ')}.\n`);
  process.exit(2);
}
const engine = engines[values.engine as keyof typeof engines];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const { ok, seconds, counts } = await engine.play({
    work: values.work,
    orders: Number(values.orders ?? engine.orders),
    say,
  });
  say(JSON.stringify({ demo: 'orders', engine: values.engine, ok, ...counts, seconds }));
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  say(`\n   The demo could not go on: ${message}\n`);
  say(JSON.stringify({ demo: 'orders', engine: values.engine, ok: false, error: message }));
  // What still runs is ended on exit.
  process.exit(1);
}
