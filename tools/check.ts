/** Everything that CI checks besides the tests, in one command. Each step is a process; the first line of a failure is its own. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.execPath;
const bin = (name: string): string => `${root}node_modules/.bin/${name}`;
const dsl = `${root}dist/cli/main.js`;

const build = { name: 'build', command: [node, 'tools/build.ts'] };
const steps = [
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.json'] },
  { name: 'lint, rooms, cycles', command: [bin('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'format', command: [bin('oxfmt'), '--check'] },
  { name: 'dead exports', command: [bin('knip')] },
  { name: 'docs examples', command: [node, 'tools/docs-examples.ts'] },
  { name: 'package', command: [bin('publint'), '--strict'] },
  { name: 'package types', command: [node, 'tools/package-types.ts'] },
  { name: 'generated code fresh', command: [node, dsl, 'compile', '--check', '--force'] },
  { name: 'examples sound', command: [node, dsl, 'check', '--max-warnings', '0'] },
];

function run(command: readonly string[]): Promise<{ code: number; output: string; ms: number }> {
  const started = performance.now();
  return new Promise((done) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.on('close', (code) => done({ code: code ?? 1, output, ms: performance.now() - started }));
  });
}

let failed = 0;
async function report(step: { name: string; command: readonly string[] }): Promise<void> {
  const result = await run(step.command);
  if (result.code !== 0) {
    failed += 1;
    console.log(`✗ ${step.name}\n${result.output.trimEnd()}\n`);
  } else {
    console.log(`✓ ${step.name} (${(result.ms / 1000).toFixed(1)} s)`);
  }
}

await report(build);
// Two at a time: that is what the machines have.
const queue = [...steps];
await Promise.all(
  [0, 1].map(async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) await report(step);
  }),
);
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
console.log(JSON.stringify({ check: 'millrace', version, steps: steps.length + 1, failed }));
process.exit(failed === 0 ? 0 : 1);
