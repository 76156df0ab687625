import { expect, it } from 'vitest';
import type { Diagnostic } from '../../model/index.ts';
import { codeFrame } from './excerpt.ts';
import { pretty } from './pretty.ts';

const diagnostic: Diagnostic = {
  code: 'MR1203',
  severity: 'error',
  message: "Step 'pay' names 'chrge'.",
  file: 'src/orders.dsl.ts',
  line: 2,
  column: 14,
  endLine: 2,
  endColumn: 19,
  hint: "Did you mean 'charge'?",
  related: [{ message: 'declared here', file: 'src/tasks.ts', line: 9, column: 1 }],
};
const readSource = (): string => "first\n  .step('x', chrge)\nthird";

it('shows the line with the place marked', () => {
  expect(pretty([diagnostic], { readSource })).toBe(
    [
      "error MR1203: Step 'pay' names 'chrge'.",
      '  --> src/orders.dsl.ts:2:14',
      "  2 |   .step('x', chrge)",
      '    |              ^^^^^',
      "  hint: Did you mean 'charge'?",
      '  src/tasks.ts:9:1 declared here',
      '',
      '1 error',
    ].join('\n'),
  );
});

it('does without the source, and without diagnostics', () => {
  expect(pretty([diagnostic])).not.toContain('|');
  expect(pretty([diagnostic], { readSource: () => undefined })).not.toContain('|');
  expect(pretty([])).toBe('');
});

it('shows no line for what is about a file as a whole', () => {
  const whole = { ...diagnostic, line: 1, column: 1, endLine: 1, endColumn: 1 };
  expect(pretty([whole], { readSource })).not.toContain('|');
});

it('marks under tabs and wide characters', () => {
  const text = pretty([{ ...diagnostic, line: 1, endLine: 1, column: 3, endColumn: 5 }], {
    readSource: () => '\t漢xy',
  });
  expect(text).toContain('1 |     漢xy\n    |       ^^');
});

it('marks a range of several lines to the end of the first, and at least one place', () => {
  expect(pretty([{ ...diagnostic, column: 3, endLine: 3 }], { readSource })).toContain(`|   ${'^'.repeat(17)}\n`);
  expect(pretty([{ ...diagnostic, endColumn: 14 }], { readSource })).toContain(' ^\n');
});

it('shows the part of a very long line that matters', () => {
  const long = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
  const text = pretty([{ ...diagnostic, line: 1, endLine: 1, column: 501, endColumn: 505 }], {
    readSource: () => long,
  });
  const [source = '', carets = ''] = text.split('\n').slice(2);
  expect(source.length).toBeLessThan(180);
  expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('HERE');
});

it('paints only when asked to', () => {
  expect(pretty([diagnostic], { color: true, readSource })).toContain('\u001b[31merror\u001b[39m');
  expect(pretty([diagnostic], { readSource })).not.toContain('\u001b');
});

it('gives the line alone to those who show problems in their own way', () => {
  expect(codeFrame(diagnostic, readSource())).toBe("2 |   .step('x', chrge)\n  |              ^^^^^");
  expect(codeFrame(diagnostic, 'one line')).toBeUndefined();
});
