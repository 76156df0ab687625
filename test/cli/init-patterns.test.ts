import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { library } from '../../src/source/patterns/expand.ts';
import { initialised, main, repository, type Project } from './dsl.ts';

/** What the last commands of each README print, by a part of the command. */
const says: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'map-reduce': { 'run words': /"value": 26/, 'runs list': /countWords +completed/ },
  pipeline: {
    'run contacts': /"data": "address-book\.jsonl"/,
    'cat address-book': /^\{"name":"Ada L\.","email":"ada@example\.org"\}\n.*Grace.*\n$/,
    'runs list': /importContacts +completed/,
  },
  approval: {
    'cat desk': /^Ada asks for 42\.50 for a lamp\.\n$/,
    'list --status waiting': /payExpense +waiting/,
    'cat ledger': /^e-1: 42\.50 to Ada, approved by Grace/,
  },
  saga: {
    Rome: /"car": "car-t-1"/,
    'cat agency': /"booked": \{\n +"flight-t-1"(?![^]*t-2)/,
    'runs list': /failed[^]*completed|completed[^]*failed/,
  },
  'retry-until': { 'run reports': /"done": true,\n +"result": "report-r-1\.pdf"/ },
};

/** `npm` and `npx` as the README uses them, without a network. */
function shell(
  it: Project,
): (line: string) => { readonly code: number | null; readonly out: string; readonly err: string } {
  const bin = join(it.root, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const node = process.execPath;
  script('npm', `[ "$1" = install ] || exec '${node}' '${join(repository, 'node_modules/vitest/vitest.mjs')}' run`);
  script(
    'npx',
    `name="$1"; shift; case "$name" in dsl) exec '${node}' '${main}' "$@";; tsc) exec '${node}' '${join(repository, 'node_modules/typescript/bin/tsc')}';; esac; exit 9`,
  );
  return (line) => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], {
      cwd: it.root,
      env: { HOME: process.env['HOME'], PATH: `${bin}:/usr/bin:/bin` },
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  };
}

describe.each(Object.keys(says))('dsl init --template %s', (template) => {
  test('the commands of its README do what they say, its tests pass, and nothing is warned of', async () => {
    using it = await initialised(template);
    const run = shell(it);
    const readme = readFileSync(join(it.root, 'README.md'), 'utf8');
    const lines = (/```sh\n([^]*?)```/.exec(readme)?.[1] ?? '').split('\n').filter((line) => line !== '');
    expect(lines.slice(0, 5).map((line) => line.split('  ')[0])).toEqual([
      'npm install',
      'npx dsl check',
      'npx dsl compile',
      'npx tsc',
      'npm test',
    ]);
    const missing = new Set(Object.keys(says[template] ?? {}));
    for (const line of lines) {
      const { code, out, err } = run(line);
      expect({ line, code, ...(code !== 0 && { out, err }) }).toMatchObject({
        line,
        code: line.includes('# fails') ? 1 : 0,
      });
      if (line.startsWith('npm test')) expect(out).toMatch(/Tests .*[1-9]\d* passed/);
      for (const [part, text] of Object.entries(says[template] ?? {})) {
        if (!line.includes(part)) continue;
        missing.delete(part);
        expect(out).toMatch(text);
      }
    }
    expect([...missing]).toEqual([]);
    expect(await it.dsl(['check', '--max-warnings', '0'])).toMatchObject({ code: 0 });
  }, 90_000);
});

test('every pattern has a template', () => {
  expect(
    library.map(({ name }) => name).filter((name) => !readdirSync(join(repository, 'templates/init')).includes(name)),
  ).toEqual([]);
  expect(Object.keys(says).toSorted()).toEqual(library.map(({ name }) => name).toSorted());
});
