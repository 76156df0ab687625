import { expect, it } from 'vitest';
import { at, event, flow, step, system, task } from '../../model/fixtures/nodes.ts';
import type { Suppression } from '../../model/index.ts';
import { validateSystem, type ValidateOptions } from '../validate.ts';

const model = system({ events: [event('paid', { location: at(5) })] });
const comment = (line: number, more: Partial<Suppression> = {}): Suppression => ({
  codes: ['MR1220'],
  reason: 'sent by the shop',
  line,
  location: at(line - 1),
  span: { start: 3, end: 9 },
  ...more,
});
const check = (suppressions: readonly Suppression[], options: ValidateOptions = {}, of = model) =>
  validateSystem(of, { suppressions, ...options }).issues.map(
    ({ code, line, message }) => `${code} ${line} ${message}`,
  );

const unused = "MR1220 5 Nothing in the system emits event 'paid' or waits for it.";

it('switches a warning off at its line, in its file, wherever the folder is', () => {
  expect(check([])).toEqual([unused]);
  expect(check([comment(5)])).toEqual([]);
  expect(check([comment(5)], { folder: 'systems/shop' })).toEqual([]);
  expect(check([comment(5, { location: at(5, 1, 'other.dsl.ts') })])).toContain(unused);
});

it('leaves other lines and other codes, and says that the comment is not needed, with a fix', () => {
  const { issues } = validateSystem(model, { suppressions: [comment(6)], folder: 'shop' });
  expect(issues.map(({ code, line }) => [code, line])).toEqual([
    ['MR1220', 5],
    ['MR1224', 5],
  ]);
  expect(issues[1]?.fix?.edits).toEqual([{ file: 'shop/orders.dsl.ts', start: 3, end: 9, text: '' }]);
  const both = comment(5, { codes: ['MR1220', 'MR1221'] });
  const [left, ...others] = validateSystem(model, { suppressions: [both] }).issues;
  expect(left?.message).toBe("There is nothing of 'MR1221' to switch off at line 5.");
  expect([left?.fix, others]).toEqual([undefined, []]);
});

it('wants a reason, and codes of rules that may be off', () => {
  const { reason: _reason, ...silent } = comment(5);
  expect(check([silent])).toEqual(['MR1223 4 This comment gives no reason, so it switches nothing off.', unused]);
  expect(check([comment(5, { codes: [] })])[0]).toBe(
    'MR1223 4 This comment names no code, so it switches nothing off.',
  );
  expect(check([comment(5, { codes: ['MR1220', 'MR1229'] })])).toEqual([
    "MR1223 4 This comment names 'MR1229', but no rule has this code.",
  ]);
});

it('cannot switch an error off', () => {
  const broken = system({ flows: [flow('f', [step('a', 'nothing', { location: at(5) })])] });
  expect(check([comment(5, { codes: ['MR1203'] })], {}, broken)).toEqual([
    'MR1223 4 This comment names MR1203 (references), which is an error and cannot be switched off.',
    "MR1203 5 Step 'a' of flow 'f' names 'nothing', but the system has no task of that name.",
  ]);
});

it('calls nothing unused beside an error, in a source that could not be read, or of a rule that has not spoken', () => {
  const broken = system({ flows: [flow('f', [step('a', 'nothing')])] });
  expect(check([comment(5)], {}, broken)).toHaveLength(1);
  expect(check([comment(6)], { partial: true })).toEqual([]);
  expect(check([comment(5)], { off: ['MR1220'] })).toEqual([]);
  const tasks = system({ tasks: [task('a', { location: at(5) })] });
  const codes = ['MR1501', 'MR1221'];
  expect(check([comment(5, { codes })], {}, tasks)).toEqual([]);
  expect(check([comment(5, { codes })], { implemented: () => true }, tasks)).toEqual([
    "MR1224 4 There is nothing of 'MR1501' to switch off at line 5.",
  ]);
});
