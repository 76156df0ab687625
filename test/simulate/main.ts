/**
 * Lives through seeded histories, one after the other: `npm run simulate -- --seeds 10000 --from 1`. The last line is
 * JSON. With one seed that fails, or with `--trace`, what happened is printed; with `--digests` a hash of each
 * history.
 */
import { parseArgs } from 'node:util';
import { openMemory, openSqlite } from 'millrace/store';
import { history } from './history.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean' },
    digests: { type: 'boolean' },
  },
});
const count = (name: 'seeds' | 'from'): number => {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  process.stderr.write(`--${name} is a whole number from 0 on, not '${values[name]}'.\n`);
  process.exit(2);
};
const seeds = count('seeds');
const from = count('from');

let violations = 0;
let firstBadSeed: number | undefined;
const totals = { steps: 0, crashes: 0, stalls: 0, jumps: 0, faults: 0, attempts: 0 };
const began = performance.now();
for (let seed = from; seed < from + seeds; seed++) {
  // A store is kept over all processes of a history.
  const store = seed % 4 === 0 ? openSqlite(':memory:') : openMemory();
  const report = await history(seed, { store: () => ({ ...store, close: () => {} }) });
  store.close();
  for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += report.counts[name];
  if (values.trace === true || (report.violations.length > 0 && seeds === 1))
    for (const { at, what } of report.trace) console.log(new Date(at).toISOString(), what);
  if (values.digests === true) console.log(`${seed} ${report.digest}`);
  if (report.violations.length > 0) {
    violations += report.violations.length;
    firstBadSeed ??= seed;
    console.log(`seed ${seed}: replay with npm run simulate -- --seeds 1 --from ${seed}`);
    for (const violation of report.violations.slice(0, 5)) console.log(`  ${violation}`);
  }
  const done = seed - from + 1;
  if (done % 500 === 0)
    console.log(`${done} seeds, ${Math.round((performance.now() - began) / 1000)} s, ${violations} violations`);
}
console.log(JSON.stringify(totals));
console.log(JSON.stringify({ seeds, violations, ...(firstBadSeed === undefined ? {} : { firstBadSeed }) }));
process.exitCode = violations > 0 ? 1 : 0;
