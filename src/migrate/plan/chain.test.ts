import fc from 'fast-check';
import { expect, test } from 'vitest';
import { migration } from '../step/migration.ts';
import { compareVersions } from '../version/version.ts';
import { planChain } from './chain.ts';
import type { StepFile } from './planned-step.ts';

const files = (...steps: readonly string[]): readonly StepFile[] =>
  steps.map((text) => {
    const [from = '', to = '', down] = text.split(' ');
    const file = `migrations/${from}-to-${to}.ts`;
    return {
      path: `/${file}`,
      file,
      step: migration({ from, to, description: text, ...(down !== undefined && { down: {} }) }),
    };
  });
const plan = (from: string, to: string, steps: readonly StepFile[], allowDowngrade = false) => {
  const { steps: found, diagnostics } = planChain({ files: steps, from, to, allowDowngrade, file: 'shop.dsl.ts' });
  return diagnostics.length > 0
    ? diagnostics.map(({ code, message }) => `${code} ${message}`)
    : found.map((step) => `${step.from} ${step.to}${step.down ? ' down' : ''}`);
};
const three = files('1.0.0 2.0.0', '2.0.0 3.0.0 down', '3.0.0 10.0.0 down');

test('the steps in order, the fewest that lead there', () => {
  expect(plan('1.0.0', '10.0.0', three.toReversed())).toEqual(['1.0.0 2.0.0', '2.0.0 3.0.0', '3.0.0 10.0.0']);
  expect(plan('2.0.0', '3.0.0', three)).toEqual(['2.0.0 3.0.0']);
  expect(plan('1.0.0', '3.0.0', [...three, ...files('1.0.0 3.0.0')])).toEqual(['1.0.0 3.0.0']);
  expect(plan('1.0.0-rc.1', '1.0.0', files('1.0.0-rc.1 1.0.0'))).toEqual(['1.0.0-rc.1 1.0.0']);
});

test('down-steps, where they are given and asked for', () => {
  expect(plan('10.0.0', '2.0.0', three, true)).toEqual(['10.0.0 3.0.0 down', '3.0.0 2.0.0 down']);
  expect(plan('10.0.0', '2.0.0', three)).toEqual(['MR1819 2.0.0 is earlier than 10.0.0: that would be a downgrade.']);
  expect(plan('10.0.0', '1.0.0', three, true)).toEqual([
    "MR1819 There is no way back from 2.0.0: 'migrations/1.0.0-to-2.0.0.ts' has no `down`.",
  ]);
});

test.each<[string, string, readonly StepFile[], string]>([
  ['1.0.0', '1.0.0', three, 'MR1821 It is at version 1.0.0 already.'],
  ['1.0.0', '4', three, "MR1820 '4' is not a version."],
  ['v1.0.0', '4.0.0', three, "MR1820 'v1.0.0' is not a version."],
  ['1.0.0', '2.0.0', [], 'MR1817 There is no step from 1.0.0 to 2.0.0.'],
  ['0.9.0', '10.0.0', three, 'MR1817 There is no step from 0.9.0 to 1.0.0, on the way from 0.9.0 to 10.0.0.'],
  ['1.0.0', '11.0.0', three, 'MR1817 There is no step from 10.0.0 to 11.0.0, on the way from 1.0.0 to 11.0.0.'],
  ['1.0.0', '2.5.0', three, 'MR1817 There is no step from 2.0.0 to 2.5.0, on the way from 1.0.0 to 2.5.0.'],
  [
    '1.0.0',
    '4.0.0',
    files('1.0.0 2.0.0', '3.0.0 4.0.0'),
    'MR1817 There is no step from 2.0.0 to 3.0.0, on the way from 1.0.0 to 4.0.0.',
  ],
  [
    '1.0.0',
    '4.0.0',
    files('1.0.0 2.0.0', '1.0.0 3.0.0', '2.0.0 4.0.0', '3.0.0 4.0.0'),
    'MR1816 There are several ways from 1.0.0 to 4.0.0: 1.0.0 → 2.0.0 → 4.0.0; 1.0.0 → 3.0.0 → 4.0.0.',
  ],
])('%s to %s is refused', (from, to, steps, message) => expect(plan(from, to, steps)).toEqual([message]));

test('whatever steps there are: a chain that holds, or a reason', () => {
  const version = fc.integer({ min: 1, max: 6 }).map((major) => `${major}.0.0`);
  const step = fc.tuple(version, version).filter(([from, to]) => compareVersions(from, to) < 0);
  fc.assert(
    fc.property(fc.uniqueArray(step, { selector: String }), version, version, (steps, from, to) => {
      const { steps: chain, diagnostics } = planChain({
        files: files(...steps.map((each) => each.join(' '))),
        from,
        to,
        file: 'a',
      });
      expect(chain.length > 0).toBe(diagnostics.length === 0);
      if (chain.length === 0) return;
      expect([chain[0]?.from, chain.at(-1)?.to]).toEqual([from, to]);
      for (const [index, each] of chain.entries()) expect(chain[index + 1]?.from ?? to).toBe(each.to);
    }),
  );
});
