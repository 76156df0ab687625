import fc from 'fast-check';
import { expect, it } from 'vitest';
import { importScxml } from 'millrace/convert';
import { visitExpressions } from 'millrace/model';
import { readCases } from './cases.ts';

const texts = readCases().map(({ text }) => text);

// Cuts, doublings and swapped words make most documents wrong in some way, and leave some right.
const broken = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.array(
      fc.tuple(fc.nat(), fc.nat({ max: 40 }), fc.constantFrom('', '"', '<', '>', '#_', ' x', '()', '[', '&', 'scxml')),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
  )
  .map(([text, changes]) =>
    changes.reduce((result, [at, length, put]) => {
      const start = at % (result.length + 1);
      return result.slice(0, start) + put + result.slice(start + length);
    }, text),
  );

// The same inside the values of attributes, so that the XML stays what it is.
const brokenCode = fc
  .tuple(
    fc.constantFrom(...texts),
    fc.nat(),
    fc.constantFrom(
      '',
      'return',
      'x y',
      '_event',
      '_event.data.a.b',
      "'",
      '{',
      'a.b[c',
      '#_parent',
      '*',
      '. .',
      '0',
      'this',
      'async',
      '__proto__',
    ),
  )
  .map(([text, pick, put]) => {
    const values = [...text.matchAll(/="([^"]*)"/g)];
    const chosen = values[pick % Math.max(1, values.length)];
    return chosen === undefined
      ? text
      : `${text.slice(0, chosen.index + 2)}${put}${text.slice(chosen.index + chosen[0].length - 1)}`;
  });

it('a broken document gives diagnostics with a place in it, never an exception', () => {
  fc.assert(
    fc.property(fc.oneof(broken, brokenCode), (text) => {
      const { model, diagnostics } = importScxml(text);
      const lines = text.split('\n').length;
      for (const { code, line, column } of diagnostics) {
        expect(code).toMatch(/^MR17[01]\d$/);
        expect(line >= 1 && line <= lines && column >= 1).toBe(true);
      }
      // What is translated is JavaScript again.
      if (model !== undefined)
        visitExpressions(model, ({ kind, text: code }) => {
          if (kind === 'expression') expect(() => new Function(`'use strict'; return (${code});`)).not.toThrow();
        });
      expect(model === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
    }),
    { numRuns: Number(process.env['MILLRACE_RUNS'] ?? 200) },
  );
});

it('neither does one that is too deep', () => {
  const deep = (levels: number): string => `${'<state>'.repeat(levels)}${'</state>'.repeat(levels)}`;
  const code = `${'('.repeat(50_000)}1${')'.repeat(50_000)}`;
  const codes = (inner: string) => importScxml(`<scxml>${inner}</scxml>`).diagnostics.map((each) => each.code);
  expect(codes(deep(400))).toEqual([]);
  expect(codes(deep(100_000))).toEqual(['MR1700']);
  expect(codes(`<state id="a"><transition cond="${code}" target="a"/></state>`)).toEqual(['MR1705']);
  expect(codes(`<state id="a"><transition cond="${'!'.repeat(20_000)}1" target="a"/></state>`)).toEqual(['MR1705']);
});
