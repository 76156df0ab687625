import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { auditLog, ReactiveSystemRuntime, snapshotOf } from './index.ts';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { fileNameOf } from './snapshot.ts';

const work = anyTask('work');
const inner = anyFlow('inner', (host, input: unknown) => host.step('x', () => work(input), at));
const flow = anyFlow('flow', (host, input: unknown) =>
  host.child('inner', () => ({ contract: inner.contract, input }), at),
);
const nasty = 'a "quoted"\nline\u2028{"type":"run.completed"}\u0085\u001B[31m';
const system = bind({
  flows: [flow, inner],
  tasks: [
    code(work, (input: string) => {
      if (input === 'bad') throw new NonRetryableError(nasty, { code: 'BAD' });
      return input;
    }),
  ],
});

it('writes a whole line for each event, whatever is in it, also when many runs write at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  const stream = createWriteStream(join(folder, 'audit.jsonl'));
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  const stop = auditLog(runtime, stream);
  await Promise.all(
    ['bad', nasty, 'x'.repeat(50_000), 'bad'].map((input, n) => runtime.executeFlow('flow', input, { id: `r${n}` })),
  );
  await runtime.close();
  stop();
  stream.end();
  await once(stream, 'close');
  const text = readFileSync(join(folder, 'audit.jsonl'), 'utf8');
  // oxlint-disable-next-line no-control-regex -- that is the point
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029]/);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, n) => n + 1));
  for (const { time, type } of lines) {
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(type).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
  }
  expect(
    lines
      .filter(({ type }) => type === 'run.failed')
      .map(({ runId }) => runId)
      .sort(),
  ).toEqual(['r0', 'r0/inner', 'r3', 'r3/inner']);
  expect(JSON.stringify(lines.find(({ type }) => type === 'run.failed'))).toContain(JSON.stringify(nasty).slice(1, 20));
  expect(text).not.toContain('xxxxx');
  rmSync(folder, { recursive: true });
});

it('writes what is asked for only', async () => {
  const lines: string[] = [];
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  auditLog(runtime, { write: (line) => lines.push(line) }, { types: ['run.completed'], values: true });
  await runtime.executeFlow('inner', 'hello');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ type: 'run.completed', output: 'hello' }]);
  await runtime.close();
});

it('gives a run with those that it began as one document', async () => {
  const runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  await runtime.executeFlow('flow', 'hello', { id: 'r' });
  expect(snapshotOf(runtime.reader, 'r')).toMatchObject({
    fileName: 'r.json',
    document: {
      kind: 'run-snapshot',
      format: 1,
      run: { id: 'r', status: 'completed', output: 'hello' },
      steps: [{ path: 'inner', status: 'completed' }],
      children: [{ run: { id: 'r/inner' }, steps: [{ path: 'x' }], children: [] }],
    },
  });
  expect(snapshotOf(runtime.reader, 'nobody')).toBeUndefined();
  await runtime.close();
});

it('makes a file name of any id: no path, no hidden file, another one for each', () => {
  expect(fileNameOf('order-a1')).toBe('order-a1');
  expect(fileNameOf('../../etc/passwd')).toMatch(/^[\w%.~-]+$/);
  expect(fileNameOf('../../etc/passwd')).not.toContain('/');
  for (const id of [
    '',
    '.',
    '..',
    'con',
    'NUL',
    'nul.txt',
    '-rf',
    '.hidden',
    'a/b',
    'a\\b',
    'a:b',
    'ä',
    'x'.repeat(500),
  ]) {
    const name = fileNameOf(id);
    expect(name).toMatch(/^[\w%~][\w%.~-]*$/);
    expect(name.length).toBeLessThanOrEqual(150);
    expect(name).not.toMatch(/^(?:con|nul)(?:\.|$)/i);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(fileNameOf(a)).toMatch(/^[\w%~][\w%.~-]*$/);
      if (a !== b) expect(fileNameOf(a).toLowerCase()).not.toBe(fileNameOf(b).toLowerCase());
    }),
  );
  expect(fileNameOf('A').toLowerCase()).not.toBe(fileNameOf('a'));
});
