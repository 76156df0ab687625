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
const verdict = await play({
  work: values.work,
  orders: Number(values.orders),
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ demo: 'orders', ...verdict })}\n`);
process.exitCode = verdict.ok ? 0 : 1;
