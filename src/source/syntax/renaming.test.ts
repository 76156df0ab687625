import { expect, it } from 'vitest';
import { basics, readText } from '../fixtures/read-text.ts';

/** The text as the fixes of its problems leave it. */
async function mended(text: string): Promise<string> {
  const whole = `${basics}${text}`;
  const { diagnostics } = await readText(whole);
  const edits = diagnostics.flatMap(({ fix }) => fix?.edits ?? []).toSorted((a, b) => b.start - a.start);
  const result = edits.reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), whole);
  return result.slice(basics.length);
}

it.each([
  [`task('a', { input: z.string(), output: z.string(), tiemout: '3s' })`, 'tiemout', 'timeout'],
  [`task('a', { input: z.string(), output: z.string(), 'tiemout': '3s' })`, 'tiemout', 'timeout'],
  [`flow('a', { input: z.string(), on: plaed }, (f) => f.returns(() => 1))`, 'plaed', 'placed'],
  [
    `flow('a', { input: z.object({ id: z.string() }) }, (f) => f.setp('x', ({ input }) => charge(input)))`,
    'setp',
    'step',
  ],
  [
    `flow('a', { input: z.object({ id: z.string() }) }, (f) => f.step('x', ({ input }) => chrge(input)))`,
    'chrge',
    'charge',
  ],
  [`task('a', { input: z.string(), output: z.string(), retry: { attempts: 2, backoff: 'fixd' } })`, 'fixd', 'fixed'],
])('%s', async (text, wrong, right) => {
  expect(await mended(`export const a = ${text};\n`)).toBe(`export const a = ${text.replace(wrong, right)};\n`);
});

it('leaves a constant that stands for a misspelt word', async () => {
  const text = `const fixd = 'fixd';\nexport const a = task('a', { input: z.string(), output: z.string(), retry: { attempts: 2, backoff: fixd } });\n`;
  expect(await mended(text)).toBe(text);
});

it('leaves a name that is a key and a value at once', async () => {
  const text = `const tiemout = '3s';\nexport const a = task('a', { input: z.string(), output: z.string(), tiemout });\n`;
  expect(await mended(text)).toBe(text);
});
