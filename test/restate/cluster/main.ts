/** `npm run cluster [-- --runs N]`: nodes of a cluster are killed and cut off under load. The last line is JSON. */
import { parseArgs } from 'node:util';
import { missingServer } from '../installed.ts';
import { failover } from './failover.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '500' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error('Give a whole number: --runs 500');
  process.exit(2);
}
const missing = missingServer();
if (missing !== undefined) {
  console.error(`There is no server of Restate, and it cannot be installed: ${missing}`);
  process.exit(1);
}
const { lost, repeated, violations, executions, losses, skipped } = await failover(runs, (line) => console.error(line));
for (const [what, list] of Object.entries({ lost, repeated, violations }))
  for (const each of list.slice(0, 20)) console.error(`${what}: ${each}`);
console.error(`${runs} runs, ${executions} steps were carried out; ${losses.join(', ')}`);
console.log(
  JSON.stringify({
    runs,
    lost: lost.length,
    repeated: repeated.length,
    violations: violations.length,
    executions,
    losses,
    ...(skipped === undefined ? {} : { skipped }),
  }),
);
process.exit(lost.length + violations.length > 0 ? 1 : 0);
