/** Every case on every engine: `npm run conformance:engines [-- --only PART] [-- --engine NAME]`;
 * `--quick` plays nothing again. The last line is JSON. */
import { parseArgs } from 'node:util';
import { allCases } from './all.ts';
import { embedded } from './embedded.ts';
import type { EngineKind } from './engine.ts';
import { play, type EngineCase } from './play.ts';
import { restate } from './restate.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, engine: { type: 'string' }, quick: { type: 'boolean' } },
});
const engines = [embedded, restate].filter(({ name }) => values.engine === undefined || values.engine === name);
const wanted = allCases.filter(({ name }) => values.only === undefined || name.includes(values.only));

interface Outcome {
  readonly wrong: readonly string[];
  readonly ms: number;
}

async function once(kind: EngineKind, one: EngineCase, slower: number): Promise<readonly string[]> {
  try {
    const engine = await kind.open({ ...one, slower });
    try {
      return await play(engine, one);
    } finally {
      await engine.close();
    }
  } catch (thrown) {
    return [String(thrown)];
  }
}

/** Where time truly passes, a machine that is busy may be late: what is wrong is so at a slower pace, too. */
async function outcomeOf(kind: EngineKind, one: EngineCase): Promise<Outcome> {
  const began = performance.now();
  const first = await once(kind, one, 1);
  const isSure = first.length === 0 || kind.atOnce === 1 || values.quick === true;
  const wrong = isSure ? first : await once(kind, one, 3);
  if (wrong.length > 0) console.log(`\n${kind.name}: ${one.name}\n  ${wrong.join('\n  ')}`);
  else if (first.length > 0) console.log(`\n${kind.name}: ${one.name}: right when slower\n  ${first.join('\n  ')}`);
  return { wrong, ms: performance.now() - began };
}

async function all(kind: EngineKind): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  // What takes longest begins first.
  const minutes = ({ does }: EngineCase): number =>
    does.reduce((sum, deed) => sum + (deed.do === 'pass' ? deed.minutes : 0), 0);
  const waiting = wanted.toSorted((a, b) => minutes(b) - minutes(a)).values();
  await Promise.all(
    Array.from({ length: kind.atOnce }, async () => {
      for (const one of waiting) {
        outcomes.set(one.name, await outcomeOf(kind, one));
        if (kind.atOnce > 1) process.stderr.write(`\r${outcomes.size} of ${wanted.length} `);
      }
    }),
  );
  await kind.shut?.();
  return outcomes;
}

const report: Record<string, { passed: number; failed: number }> = {};
const differences: { readonly case: string; readonly engine: string; readonly wrong: readonly string[] }[] = [];
const columns = new Map<string, ReadonlyMap<string, Outcome>>();
for (const kind of engines) {
  const missing = await kind.missing?.();
  if (missing === undefined) columns.set(kind.name, await all(kind));
  else console.log(`${kind.name} is not tried: ${missing}`);
}
const width = Math.max(...wanted.map(({ name }) => name.length));
console.log(`\n${''.padEnd(width)}  ${[...columns.keys()].map((name) => name.padEnd(18)).join('')}`);
for (const { name } of wanted) {
  const cells = [...columns].map(([engine, outcomes]) => {
    const { wrong, ms } = outcomes.get(name) ?? { wrong: ['not played'], ms: 0 };
    const counts = (report[engine] ??= { passed: 0, failed: 0 });
    counts[wrong.length === 0 ? 'passed' : 'failed']++;
    if (wrong.length > 0) differences.push({ case: name, engine, wrong });
    return `${wrong.length === 0 ? 'passed' : 'FAILED'} ${(ms / 1000).toFixed(1).padStart(5)} s`.padEnd(18);
  });
  console.log(`${name.padEnd(width)}  ${cells.join('')}`.trimEnd());
}
console.log(JSON.stringify({ ...report, differences }));
process.exit(differences.length > 0 ? 1 : 0);
