import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { anySystem } from '../model/fixtures/arbitrary.ts';
import { at, event, flow, go, machine, on, state, step, system, task } from '../model/fixtures/nodes.ts';
import { rules } from './registry.ts';
import { defineRule } from './define-rule.ts';
import type { Finding, Rule } from './rule.ts';
import { validateSystem } from './validate.ts';

const broken = system({
  tasks: [task('charge', { retry: { attempts: 3 }, location: at(5) })],
  flows: [flow('fulfil', [step('a', 'chrge', { location: at(9, 4) }), step('b', 'nothing', { location: at(9, 2) })])],
  machines: [
    machine('order', [
      state('open', { on: [on('paid', go('shut', { location: at(20, 1, 'order.dsl.ts') }))] }),
      state('late', { always: [go('open')] }),
    ]),
  ],
});

it('finds nothing in a sound system', () => {
  const sound = system({
    events: [event('paid')],
    tasks: [task('charge')],
    flows: [flow('fulfil', [step('a', 'charge')])],
    machines: [
      machine('order', [state('open', { on: [on('paid', go('shut'))] }), state('shut', { type: 'final' })], {
        events: [{ alias: 'paid', name: 'paid' }],
      }),
    ],
  });
  expect(validateSystem(sound)).toEqual({ success: true, issues: [] });
});

it('gives all issues of all rules in one pass, by place', () => {
  const { success, issues } = validateSystem(broken);
  expect(success).toBe(false);
  expect(issues.map(({ code, file, line, column }) => `${file}:${line}:${column} ${code}`)).toEqual([
    'order.dsl.ts:20:1 MR1301',
    'orders.dsl.ts:1:1 MR1311',
    'orders.dsl.ts:5:1 MR1221',
    'orders.dsl.ts:5:1 MR1212',
    'orders.dsl.ts:9:2 MR1203',
    'orders.dsl.ts:9:4 MR1203',
  ]);
});

it('counts files from the folder that it is told', () => {
  const [issue] = validateSystem(broken, { folder: 'systems/shop/' }).issues;
  expect(issue?.file).toBe('systems/shop/order.dsl.ts');
  expect(validateSystem(broken, { folder: '.' }).issues[0]?.file).toBe('order.dsl.ts');
});

it('switches rules off by code or by name', () => {
  const { success, issues } = validateSystem(broken, { off: ['MR1203', 'aliases', 'MR1301', 'unused-definitions'] });
  expect(issues.map(({ code }) => code)).toEqual(['MR1212']);
  expect(success).toBe(true);
});

it('runs the rules of the user', () => {
  const short: Rule = {
    code: 'SHOP001',
    name: 'short-names',
    severity: 'warning',
    check(model, report) {
      for (const { name, location } of Object.values(model.tasks)) {
        if (name.length > 5) report({ message: `'${name}' is long.`, path: `tasks.${name}`, location });
      }
    },
  };
  const options = { rules: [short], off: rules.map(({ code }) => code) };
  expect(validateSystem(broken, options).issues).toMatchObject([
    { code: 'SHOP001', rule: 'short-names', severity: 'warning', path: 'tasks.charge' },
  ]);
  expect(validateSystem(broken, { ...options, off: [...options.off, 'SHOP001'] }).issues).toEqual([]);
});

it('reports a rule that throws and goes on', () => {
  const bad: Rule = {
    code: 'SHOP002',
    name: 'bad',
    severity: 'warning',
    check() {
      throw new Error('oh no');
    },
  };
  const { issues } = validateSystem(broken, { rules: [bad] });
  expect(issues).toHaveLength(7);
  expect(issues.find(({ code }) => code === 'MR1214')?.message).toBe("The rule 'bad' (SHOP002) failed: oh no");
});

it.each([
  ['no message', (): unknown => ({ path: 'tasks.charge', location: at(1) }), /needs a message/],
  ['no path', (): unknown => ({ message: 'm', location: at(1) }), /needs the path/],
  ['no location', (): unknown => ({ message: 'm', path: 'tasks' }), /needs the location/],
  [
    'a location that is none',
    (): unknown => ({ message: 'm', path: 'tasks', location: { file: 'a', line: 0 } }),
    /location/,
  ],
  ['an unknown severity', (): unknown => ({ message: 'm', path: '', location: at(1), severity: 'bad' }), /no severity/],
  ['nothing', (): unknown => undefined, /needs a message/],
])('reports a rule of the user that reports %s', (_name, finding, message) => {
  const rule = defineRule({ code: 'shop/bad', check: (_model, report) => report(finding() as Finding) });
  const { issues } = validateSystem(system(), { rules: [rule] });
  expect(issues).toMatchObject([
    { code: 'MR1214', rule: 'shop/bad', message: expect.stringMatching(message) as string },
  ]);
});

it('reports a rule that is asynchronous', () => {
  const check = (async () => await Promise.reject(new Error('later'))) as unknown as () => void;
  const { issues } = validateSystem(system(), { rules: [defineRule({ code: 'shop/late', check })] });
  expect(issues.map(({ message }) => message)).toEqual([
    "The rule 'shop/late' failed: its check is asynchronous; a rule has to be done when it returns.",
  ]);
});

it.each([null, 1, {}, { kind: 'system' }])('does not throw for %j', (model) => {
  const { success, issues } = validateSystem(model as never);
  expect(success).toBe(false);
  expect(issues).toMatchObject([{ code: 'MR1200', message: expect.stringMatching(/^This is not a system/) as string }]);
});

it('judges whatever the types allow without a failure of its own', () => {
  fc.assert(
    fc.property(anySystem, (model) => {
      expect(validateSystem(model).issues.filter(({ code }) => code === 'MR1214')).toEqual([]);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

it('judges thousands of definitions in no time', () => {
  const names = Array.from({ length: 2_000 }, (_, index) => `task${index}`);
  const flows = names.map((name, index) =>
    flow(`flow${index}`, [step('a', name), step('b', index < 50 ? 'missing' : name)]),
  );
  const start = performance.now();
  expect(validateSystem(system({ tasks: names.map((name) => task(name)), flows })).issues).toHaveLength(50);
  expect(performance.now() - start).toBeLessThan(3_000);
});

it('has rules of different codes and names', () => {
  expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length);
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  expect(rules.map(({ code }) => code)).toEqual(rules.map(({ code }) => code).toSorted());
});

it('loads neither ts-morph nor zod', () => {
  const index = fileURLToPath(new URL('index.ts', import.meta.url));
  const script = `
    import { registerHooks } from 'node:module';
    const seen = [];
    registerHooks({ resolve(name, context, next) { const found = next(name, context); seen.push(found.url); return found; } });
    await import(${JSON.stringify(index)});
    console.log(seen.filter((url) => /node_modules.(?:ts-morph|@ts-morph|typescript|zod)/.test(url)).length, seen.length > 10);
  `;
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe(
    '0 true',
  );
});
