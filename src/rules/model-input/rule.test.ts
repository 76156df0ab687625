import { describe, expect, it } from 'vitest';
import { performed } from '../fixtures/performed.ts';
import { modelInput } from './rule.ts';

const check = (model: string, input?: string, more?: string) =>
  performed(modelInput, { model, ...(input === undefined ? {} : { input }), ...(more === undefined ? {} : { more }) });

describe('the prompt', () => {
  it.each<[model: string, input?: string, more?: string]>([
    ["prompt: 'Sort it: {{ text }}'"],
    ["prompt: '{{ input.text }} {{ input }}'"],
    ['prompt: ({ input }) => input.text + "{{ nowhere }}"'],
    [`prompt: '{ nobody } { "text": 1 } {'`],
    ["prompt: '{{ when.year }}'", '{ when: z.object({ year: z.int() }) }'],
    ["prompt: '{{ a.b }} {{ c.d }}'", '{ a: z.string().transform((b) => ({ b })), c: z.any() }'],
    ["prompt: '{{ order.id }}'", '{ order: z.object({ no: z.string() }) }'],
    ["prompt: '{{ \u0061-b }}'", "{ 'a-b': z.string(), }"],
    // Nothing can be said of what the text does not show.
    ["prompt: '{{ x }}'", 'z.looseObject({ a: z.string() })'],
    ["prompt: '{{ x }}'", 'z.object({ a: z.string() }).extend({ x: z.string() })'],
    ["prompt: '{{ x }}'", '{ ...shape }', 'const shape = { x: z.string() };'],
    ["prompt: '{{ a }}'", 'Letter', 'const Letter = z.object({ a: z.string() }).describe("a letter");'],
    ["prompt: '{{ b }}'", 'Letter', 'const Letter = z.object({ a: z.string() }).transform(({ a }) => ({ b: a }));'],
  ])('%s is fine', async (model, input, more) => {
    expect(await check(model, input, more)).toEqual([]);
  });

  it.each([
    ["prompt: '{{ txt }}'", "names 'txt', which its input does not have"],
    ["prompt: '{{ input.txt }}'", "names 'txt'"],
    ["prompt: '{{ text.first }}'", "names 'first' of 'text', which has no members"],
    ["prompt: 'a {{ text'", "stands '{{ text': it has no end"],
    ["prompt: '{{ text | upper }}'", "'text | upper' is no path into the input"],
    ["prompt: '  '", 'is empty'],
  ])('%s: %s', async (model, message) => {
    const [only, ...others] = await check(model);
    expect(only).toContain(message);
    expect(only).toMatch(/^tasks\.sort\.model\.prompt error: /);
    expect(others).toEqual([]);
  });

  it('may be meant with one brace', async () => {
    expect(await check("prompt: 'Sort { text }, {text}.'")).toEqual([
      expect.stringMatching(/^tasks\.sort\.model\.prompt warning: .*stands '\{ text \}'/),
      expect.stringMatching(/^tasks\.sort\.model\.prompt warning: .*stands '\{text\}'/),
    ]);
  });

  it('is looked at below a constant', async () => {
    const more = 'const Letter = z.object({ a: z.string().min(1).optional(), b: z.int() });';
    const said = await check("prompt: '{{ a.x }} {{ b.y }}'", 'Letter', more);
    expect(said.map((one) => /names '(.)'/.exec(one)?.[1])).toEqual(['x', 'y']);
  });

  it('is looked at through a constant', async () => {
    const more = 'const Letter = z.object({ a: z.string() });';
    expect((await check("prompt: '{{ b }}'", 'Letter', more))[0]).toContain("names 'b'");
  });
});

describe('the context', () => {
  const of = (show: string) => check(`prompt: 'x', context: { show: ${show} }`);

  it('may show members of the input', async () => {
    expect(await of("['text']")).toEqual([]);
    expect(await of("[{ member: 'text', as: 'ref' }]")).toEqual([]);
  });

  it('reports others, and those that are shown twice', async () => {
    expect(await of("['txt']")).toEqual([
      "tasks.sort.model.context.show error: The context of task 'sort' shows 'txt', which its input does not have.",
    ]);
    expect(await of("['text', { member: 'text', as: 'ref' }]")).toEqual([
      "tasks.sort.model.context.show error: The context of task 'sort' shows 'text' twice.",
    ]);
  });
});
