/**
 * The main job, for a person to watch: 500 orders, a kill -9 in the middle, and every order ends once.
 *
 *   npm run demo [-- --orders N]
 */
import { parseArgs } from 'node:util';
import { play } from './play.ts';

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '500' }, work: { type: 'string', default: '.millrace/demo' } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  const { ok, seconds, counts } = await play({ work: values.work, orders: Number(values.orders), say });
  say(JSON.stringify({ demo: 'orders', ok, ...counts, seconds }));
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  say(`\n   The demo could not go on: ${message}\n`);
  say(JSON.stringify({ demo: 'orders', ok: false, error: message }));
  // What still runs is ended on exit.
  process.exit(1);
}
