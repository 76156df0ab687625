/** Every case on every engine: `npm run conformance:engines`. The last line is JSON. */
import { cases, play } from './cases.ts';
import { embedded } from './embedded.ts';
import { modelCases } from './model-cases.ts';

const engines = [embedded];
const report: Record<string, { passed: number; failed: number }> = {};
const differences: { readonly case: string; readonly engine: string; readonly wrong: readonly string[] }[] = [];
for (const { name: engine, open } of engines) {
  const counts = { passed: 0, failed: 0 };
  for (const one of [...cases, ...modelCases]) {
    const opened = await open(one.turns);
    const wrong = await play(opened, one).catch((thrown: unknown) => [String(thrown)]);
    await opened.close();
    counts[wrong.length === 0 ? 'passed' : 'failed']++;
    if (wrong.length === 0) continue;
    differences.push({ case: one.name, engine, wrong });
    console.log(`${engine}: ${one.name}\n  ${wrong.join('\n  ')}`);
  }
  report[engine] = counts;
}
console.log(JSON.stringify({ ...report, differences }));
process.exitCode = differences.length > 0 ? 1 : 0;
