/**
 * Runs the benchmarks: `npm run bench` all of them, `npm run bench -- durable machine` some. Every figure is a ratio
 * against a peer or a physical limit that is measured in the same run, in turn with ours.
 */
import { benchmarks } from './benchmarks.ts';
import { printTable, type Row } from './table.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(2);
}

for (const [name, load] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`${name} …`);
  const rows: readonly Row[] = await (await load()).run();
  console.log(`\n${name}`);
  printTable(rows);
  console.log(JSON.stringify({ bench: name, rows }));
}
