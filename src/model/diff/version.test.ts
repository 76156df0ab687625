import { expect, it } from 'vitest';
import { isRaisedFor } from './version.ts';

it.each([
  ['1.0.0', '1.0.0', false, false],
  ['1.0.0', '1.0.1', false, true],
  ['1.2.0', '1.3.0', false, true],
  ['1.2.3', '2.0.0', true, true],
  ['0.2.3', '0.3.0', true, true],
  ['0.2.3', '0.2.4', false, true],
  ['0.2.3', '1.0.0', true, true],
  ['2.0.0', '1.9.0', false, false],
  ['1.9.0', '1.10.0', false, true],
  ['1.0.0-rc.1', '1.0.0', false, false],
])('%s to %s: enough for a breaking change %s, for another %s', (before, after, breaking, compatible) => {
  expect(isRaisedFor(before, after, 'breaking')).toBe(breaking);
  expect(isRaisedFor(before, after, 'compatible')).toBe(compatible);
});
