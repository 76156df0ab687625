import { describe, expect, it } from 'vitest';
import { head, lines, readText } from '../fixtures/read-text.ts';

const around = (model: string, agentOptions = "role: 'fast'", more = '') => `${head}${more}
export const clerk = agent('clerk', { ${agentOptions} });
export const sort = task('sort', { input: z.object({ text: z.string() }), output: z.string(), model: { agent: clerk, ${model} } });`;
const messages = async (text: string) => lines(await readText(text)).map((line) => line.replace(/ \d+:\d+/, ''));

describe('a model of a task', () => {
  it('is read with constants and spreads, also a shared context', async () => {
    const more = `const base = { strategy: 'summarise', maxTurns: 3 } as const;
const shown = ['text'] as const;
const prompt = 'Sort ' + 'this: {{ text }}';`;
    const { system, diagnostics } = await readText(
      around('prompt, context: { ...base, show: [...shown], memory: true }', "role: 'fast', temperature: 0.5", more),
    );
    expect(diagnostics).toEqual([]);
    expect(system?.tasks['sort']?.model).toEqual({
      agent: 'clerk',
      prompt: 'Sort this: {{ text }}',
      context: { strategy: 'summarise', maxTurns: 3, show: ['text'], memory: true },
    });
    expect(system?.agents['clerk']?.temperature).toBe(0.5);
  });

  it.each([
    ["context: { strategy: 'sumarise' }", "Expected 'none', 'truncate' or 'summarise'"],
    ['context: { strategy: { keepLast: 0 } }', 'Expected a whole number of at least 1'],
    ['context: { strategy: {} }', "'keepLast' is missing"],
    ['context: { maxTokens: -5 }', 'Expected a whole number of at least 1'],
    ['context: { maxTurns: 1.5 }', 'Expected a whole number of at least 1'],
    ["context: { history: 'all' }", "has no option 'history'"],
    ['context: { show: [1] }', 'Expected a string'],
    ["context: { show: [{ member: 'text', as: 'short' }] }", "Expected 'full', 'summary' or 'ref'"],
    ["context: { show: [{ as: 'ref' }] }", "'member' is missing"],
    ['maxTokens: 0', 'Expected a whole number of at least 1'],
    ['tools: [clerk]', 'clerk'],
  ])('%s is told', async (option, message) => {
    const [only, ...others] = await messages(around(`prompt: 'x', ${option}`));
    expect(only).toContain(message);
    expect(others).toEqual([]);
  });

  it.each(['temperature: 3', 'temperature: -1', "temperature: 'hot'"])('an agent with %s is told', async (option) => {
    expect((await messages(around("prompt: 'x'", option))).length).toBe(1);
  });
});

describe('a budget', () => {
  const budget = (of: string) => messages(head.replace("'1.0.0' }", `'1.0.0', budget: ${of} }`));

  it.each(["{ run: '0.50 USD', models: { 'gpt-6': '1 EUR' } }", "{ total: '0 USD' }", '{}'])(
    '%s is read',
    async (of) => {
      expect(await budget(of)).toEqual([]);
    },
  );

  it.each([
    "{ run: '0.50' }",
    "{ run: '0.50 ' }",
    "{ run: '-1 USD' }",
    "{ run: '1 usd' }",
    "{ run: '1.1234567 USD' }",
    "{ run: '1e3 USD' }",
    '{ run: 1 }',
    "{ tasks: { sort: '' } }",
  ])('%s is told', async (of) => {
    const [only, ...others] = await budget(of);
    expect(only).toMatch(/^MR1104 Expected an amount of money such as '0.50 USD'/);
    expect(others).toEqual([]);
  });

  it('with a scope that there is not is told', async () => {
    expect(await budget("{ hour: '1 USD' }")).toEqual(["MR1102 `budget` has no option 'hour'."]);
  });
});
