/** Runs the public SCXML suite with the interpreter and the compiled code, and says how it went. */
import { readCases } from './cases.ts';
import { runSuite, type Outcome } from './suite.ts';

const cases = readCases();
const interpreter = runSuite('interpreter', cases);
const compiled = runSuite('compiled', cases);

const row = (group: string, total: number, first: number, second: number): string =>
  `${group.padEnd(36)}${String(total).padStart(6)}${String(first).padStart(13)}${String(second).padStart(10)}`;
console.log(`${'group'.padEnd(36)}${'tests'.padStart(6)}${'interpreter'.padStart(13)}${'compiled'.padStart(10)}`);
for (const [index, { group, total, passed }] of interpreter.groups.entries())
  console.log(row(group, total, passed, compiled.groups[index]?.passed ?? 0));
console.log(row('all', interpreter.total, interpreter.passed, compiled.passed));
console.log(
  row('of them with <script>', interpreter.scripts.total, interpreter.scripts.passed, compiled.scripts.passed),
);

for (const [engine, { failures }] of [
  ['interpreter', interpreter],
  ['compiled', compiled],
] as const)
  for (const { group, test, why } of failures) console.log(`failed (${engine}): ${group}/${test}: ${why}`);
for (const { group, name, note } of cases) if (note !== undefined) console.log(`note: ${group}/${name}: ${note}`);

const summary = ({ total, passed, failed, scripts, failures }: Outcome) => ({
  total,
  passed,
  failed,
  scripts,
  failures,
});
const worst = compiled.failed > interpreter.failed ? compiled : interpreter;
console.log(
  JSON.stringify({
    total: worst.total,
    passed: worst.passed,
    failed: worst.failed,
    failures: worst.failures,
    interpreter: summary(interpreter),
    compiled: summary(compiled),
  }),
);
