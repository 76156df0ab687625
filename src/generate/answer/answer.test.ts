import { describe, expect, test } from 'vitest';
import { candidateSchema, casesOf, extractCode } from './answer.ts';

describe('the code in an answer', () => {
  const code = "import { z } from 'zod';\n\nexport default z;\n";
  test.each([
    ['plain', code],
    ['in a fence', `\`\`\`ts\n${code}\`\`\``],
    ['in a fence with words around it', `Here it is:\n\n\`\`\`typescript\n${code}\`\`\`\nHave fun!`],
    ['in the first of two fences', `\`\`\`\n${code}\`\`\`\n\`\`\`ts\nlet other;\n\`\`\``],
    ['in a longer fence', `~~~~ts\n${code}~~~~`],
    ['with the line ends of Windows', code.replaceAll('\n', '\r\n')],
  ])('%s', (_name, text) => expect(extractCode(text)).toBe(code));

  test('is not a text in it that looks so', () => {
    const page = `export const page = \`\n\`\`\`ts\nlet x;\n\`\`\`\n\`;\n`;
    expect(extractCode(page)).toBe(page);
  });

  test('is not cleaned up: prose stays, and does not parse', () => {
    expect(extractCode('I cannot do that.')).toBe('I cannot do that.\n');
  });
});

describe('the cases in an answer', () => {
  const shape = (cases: unknown) => candidateSchema.safeParse({ code: 'x', cases });
  test('become data with one thing to come of each', () => {
    const { data } = shape([
      { name: ' a  b ', input: 1, expect: { output: null } },
      { name: 'a b', input: 2, expect: { error: 'NO' } },
      {
        name: 'c',
        input: 3,
        expect: { output: 1, emits: [{ event: 'e' }], files: { f: 't' } },
        fakes: { env: { A: 'b' } },
      },
      { name: 'd', input: 4, expect: {} },
    ]);
    expect(casesOf(data?.cases ?? [], ['d'])).toStrictEqual([
      { name: 'a b', origin: 'generated', input: 1, expect: { output: null } },
      { name: 'a b (2)', origin: 'generated', input: 2, expect: { error: 'NO' } },
      {
        name: 'c',
        origin: 'generated',
        input: 3,
        fakes: { env: { A: 'b' } },
        expect: { output: 1, emits: [{ event: 'e' }], files: { f: 't' } },
      },
      { name: 'd (2)', origin: 'generated', input: 4, expect: { output: undefined } },
    ]);
  });

  test.each([
    ['none', []],
    ['one without a name', [{ name: '', input: 1, expect: {} }]],
    ['one with both an output and an error', [{ name: 'a', input: 1, expect: { output: 1, error: 'NO' } }]],
    ['more than anybody reads', Array.from({ length: 61 }, (_, at) => ({ name: `${at}`, input: at, expect: {} }))],
  ])('are no answer: %s', (_name, cases) => expect(shape(cases).success).toBe(false));
});
