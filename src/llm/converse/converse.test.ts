import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { scriptedModels } from '../fixtures/scripted-models.ts';
import { memoryNotes } from '../context/memory.ts';
import type { Conversation, ConverseOptions, TurnPlace } from './conversation.ts';

const output = z.object({ city: z.string(), level: z.number().default(1) });
const search = { name: 'search', description: 'Finds.', input: z.object({ q: z.string() }) };
const ask = { prompt: 'Where?', output, maxOutputTokens: 100 };
const call = (id: string, input: unknown = { q: id }, name = 'search') => ({ id, name, input });
const code = (code: string) => expect.objectContaining({ code });

/** Keeps what was made by its place, as a ledger does: through JSON. */
function ledger() {
  const kept = new Map<string, string>();
  const made: TurnPlace[] = [];
  const keep: NonNullable<ConverseOptions['keep']> = async (place, make) => {
    const key = JSON.stringify(place);
    if (!kept.has(key)) {
      made.push(place);
      kept.set(key, JSON.stringify(await make()));
    }
    return JSON.parse(kept.get(key)!);
  };
  return { keep, made };
}

describe('a conversation', () => {
  it('comes to a value, and says what was written, used and paid', async () => {
    const models = scriptedModels([{ json: { city: 'Rome' } }]);
    const come = await models.converse({ ...ask, system: 'Be brief.', temperature: 0, options: { seed: 1 } });
    expectTypeOf(come.value).toEqualTypeOf<{ city: string; level: number }>();
    expect(come).toMatchObject({
      value: { city: 'Rome', level: 1 },
      written: { city: 'Rome' },
      turns: 1,
      usage: { total: 15 },
      cost: { micros: 10_000, currency: 'USD' },
    });
    expect(models.asked).toMatchObject([
      { system: 'Be brief.', messages: [{ role: 'user', text: 'Where?' }], temperature: 0, options: { seed: 1 } },
    ]);
  });

  it('of a shape that is no object is boxed for the provider, and written as it was meant', async () => {
    const models = scriptedModels([{ json: { value: ['a'] } }]);
    expect(await models.converse({ ...ask, output: z.array(z.string()) })).toMatchObject({
      value: ['a'],
      written: ['a'],
    });
  });

  it('has its time as a whole, tools included', async () => {
    let time = 1_000;
    const script = [{ toolCalls: [call('a')] }, { toolCalls: [call('b')] }, { json: { city: 'Rome' } }];
    const use: ConverseOptions['use'] = async () => ({ text: `${(time += 40)}` });
    const models = scriptedModels(script, { now: () => time });
    await models.converse({ ...ask, tools: [search] }, { use, withinMs: 70 });
    expect(models.how.map(({ withinMs }) => withinMs)).toEqual([70, 30, 0]);
    const free = scriptedModels(script);
    await free.converse({ ...ask, tools: [search] }, { use });
    expect(free.how.map((how) => 'withinMs' in how)).toEqual([false, false, false]);
  });

  it('runs the tools of one answer together and tells what they gave, in order', async () => {
    const models = scriptedModels([{ toolCalls: [call('a'), call('b')] }, { json: { city: 'Rome' } }]);
    const open: (() => void)[] = [];
    const come = await models.converse(
      { ...ask, tools: [search] },
      {
        use: async ({ input }, place) => {
          // Both have to be under way before one may end.
          await new Promise<void>((resolve) => (open.push(resolve) === 2 ? open.forEach((go) => go()) : undefined));
          return { text: `${JSON.stringify(input)} at ${place.turn}.${place.call}`, failed: place.call === 2 };
        },
      },
    );
    expect(come.turns).toBe(2);
    expect(models.asked[1]?.messages.slice(1)).toEqual([
      { role: 'assistant', text: '', toolCalls: [call('a'), call('b')] },
      { role: 'tool', callId: 'a', text: '{"q":"a"} at 1.1' },
      { role: 'tool', callId: 'b', text: '{"q":"b"} at 1.2', failed: true },
    ]);
  });

  it('tells a model which tools there are when it calls another one', async () => {
    const models = scriptedModels([{ toolCalls: [call('a', {}, 'find')] }, { json: { city: 'Rome' } }]);
    await models.converse({ ...ask, tools: [search] }, { use: async () => ({ text: 'never' }) });
    expect(models.asked[1]?.messages.at(-1)).toMatchObject({ failed: true, text: expect.stringContaining('search') });
  });

  it('gives tools that take no object, or nothing, what they take', async () => {
    const models = scriptedModels([
      { toolCalls: [call('a', { value: 'x' }, 'text'), call('b', {}, 'tick')] },
      { json: { city: 'Rome' } },
    ]);
    const inputs: unknown[] = [];
    const tools = [
      { name: 'text', description: '', input: z.string() },
      { name: 'tick', description: '', input: z.void() },
    ];
    const use: ConverseOptions['use'] = async ({ input }) => ({ text: String(inputs.push(input)) });
    await models.converse({ ...ask, tools }, { use });
    expect(inputs).toEqual(['x', undefined]);
  });

  it('is ended by a tool that throws, once no other is under way', async () => {
    const models = scriptedModels([{ toolCalls: [call('a'), call('b')] }]);
    let ended = false;
    const use: ConverseOptions['use'] = async ({ id }) => {
      if (id === 'a') throw new Error('over');
      await new Promise((resolve) => setTimeout(resolve, 5));
      ended = true;
      return { text: '' };
    };
    await expect(models.converse({ ...ask, tools: [search] }, { use })).rejects.toThrow('over');
    expect(ended).toBe(true);
  });

  it('mends an answer once, and then has failed', async () => {
    const good = scriptedModels(['Rome!', { json: { city: 'Rome' } }]);
    expect((await good.converse(ask)).turns).toBe(2);
    expect(good.asked[1]?.messages.at(-1)?.text).toMatch(/^That answer does not fit:/);
    const bad = scriptedModels(['Rome!', { json: { city: 1 } }, { json: { city: 'too late' } }]);
    await expect(bad.converse(ask)).rejects.toMatchObject({
      code: 'MR4013',
      kind: 'invalidOutput',
      usage: { total: 30 },
    });
    await expect(scriptedModels(['Rome!']).converse({ ...ask, repairs: 0 })).rejects.toThrow(code('MR4013'));
  });

  it.each([
    ['an answer', { text: '{"city":"Ro', cutAtLimit: true }],
    ['a call of a tool', { toolCalls: [call('a')], cutAtLimit: true }],
  ])('fails when %s is cut off', async (_what, turn) => {
    const models = scriptedModels([turn]);
    const use: ConverseOptions['use'] = () => Promise.reject(new Error('a half input was used'));
    await expect(models.converse({ ...ask, tools: [search] }, { use })).rejects.toThrow(/cut off after.*100/);
  });

  it('ends after so many turns', async () => {
    const models = scriptedModels(() => ({ toolCalls: [call('a')] }));
    const conversation: Conversation = { ...ask, tools: [search], maxTurns: 3 };
    const use: ConverseOptions['use'] = async () => ({ text: 'more' });
    await expect(models.converse(conversation, { use })).rejects.toMatchObject({
      code: 'MR4060',
      usage: { total: 45 },
    });
    expect(models.asked.length).toBe(3);
  });

  it.each([
    ['nobody who runs its tools', { tools: [search] }, {}],
    ['two tools of one name', { tools: [search, search] }, { use: async () => ({ text: '' }) }],
    ['a name no provider takes', { tools: [{ ...search, name: 'a b' }] }, { use: async () => ({ text: '' }) }],
  ])('with %s is refused before anything is paid', async (_what, more, options) => {
    const models = scriptedModels([]);
    await expect(models.converse({ ...ask, ...more }, options)).rejects.toThrow(code('MR4061'));
    expect(models.asked).toEqual([]);
  });

  it('keeps an answer that overruns a budget, and stops', async () => {
    const models = scriptedModels([{ toolCalls: [call('a')] }, { json: { city: 'Rome' } }], { overrunAt: 1 });
    const { keep, made } = ledger();
    const options: ConverseOptions = { keep, use: async () => ({ text: 'found' }) };
    const conversation: Conversation = { ...ask, tools: [search] };
    await expect(models.converse(conversation, options)).rejects.toThrow(code('MR4081'));
    expect(made).toEqual([{ turn: 1 }]);
    // Once there is money again it goes on with the answer that was paid.
    expect((await models.converse(conversation, options)).turns).toBe(2);
    expect(models.asked.length).toBe(2);
  });

  it('goes on where it was broken off: nothing that is kept is asked again', async () => {
    const conversation: Conversation = { ...ask, tools: [search] };
    const turns = [{ toolCalls: [call('a')] }, 'Rome!', { json: { city: 'Rome' } }];
    const whole = scriptedModels(turns);
    const use: ConverseOptions['use'] = async () => ({ text: 'found' });
    const expected = await whole.converse(conversation, { use });
    // Broken off after each thing that was kept.
    for (const after of [1, 2, 3]) {
      const { keep, made } = ledger();
      const models = scriptedModels((_request, number) => turns[number]!);
      const breaking: typeof keep = async (place, make) => {
        if (made.length === after) throw new Error('killed');
        return keep(place, make);
      };
      const killed =
        after < 3 ? models.converse(conversation, { use, keep: breaking }) : Promise.reject(new Error('killed'));
      await expect(killed).rejects.toThrow('killed');
      const come = await models.converse(conversation, { use, keep });
      expect(come).toEqual(expected);
      expect(models.asked.length).toBe(3);
      expect(models.asked.at(-1)).toEqual(whole.asked.at(-1));
    }
  });
});

describe('what a model is told', () => {
  const long = 'word '.repeat(400);
  const data = [
    { id: 'question', value: 'why?', pinned: true },
    { id: 'pages', value: [long, long, long, long] },
    { id: 'order', value: { id: 7, text: long }, as: { fields: ['id'] } },
  ];

  it('is the data before the prompt, in the order in which they are declared', async () => {
    const models = scriptedModels([{ json: { city: 'Rome' } }]);
    const { context } = await models.converse({ ...ask, data, system: 'Be brief.' });
    const [{ system, messages } = { system: '', messages: [] }] = models.asked;
    expect(system).toBe('Be brief.');
    const text = messages[0]?.text ?? '';
    const places = ['<data id="question">', '<data id="pages">', '<data id="order">\n{"id":7}', 'Where?'];
    expect(places.map((part) => text.indexOf(part))).toEqual(
      places.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
    );
    expect(places.every((part) => text.includes(part))).toBe(true);
    expect(context.kept.map(({ id }) => id)).toEqual(['question', 'pages', 'order']);
  });

  it('is made to fit the window, and what was reduced is what is sent', async () => {
    const models = scriptedModels([{ json: { city: 'Rome' } }], { window: () => 1000 });
    const { context } = await models.converse({ ...ask, data });
    expect(context.reduced).toMatchObject([{ id: 'pages', form: 'summary' }]);
    const sent = models.asked[0]?.messages[0]?.text ?? '';
    expect(sent).toContain('<data id="pages" form="summary">');
    expect(sent.length).toBeLessThan(3000);
  });

  it('fails before anything is paid when what has to be there does not fit', async () => {
    const models = scriptedModels([], { window: () => 600 });
    await expect(models.converse({ ...ask, data: [{ id: 'all', value: long, pinned: true }] })).rejects.toThrow(
      code('MR4090'),
    );
    expect(models.asked).toEqual([]);
  });

  it.each(['truncate', 'summarise', { keepLast: 2 }] as const)(
    'is the compacted conversation: %o',
    async (strategy) => {
      const models = scriptedModels((_request, number) =>
        _request.output === undefined
          ? 'They found words.'
          : number > 6
            ? { json: { city: 'Rome' } }
            : { toolCalls: [call(`c${number}`)] },
      );
      const use: ConverseOptions['use'] = async ({ id }) => ({ text: `${id} ${long}` });
      const come = await models.converse({ ...ask, tools: [search], strategy, maxContextTokens: 2000 }, { use });
      const last = models.asked.at(-1)!;
      const size = JSON.stringify(last.messages).length;
      expect(size).toBeLessThan(2000 * 4);
      expect(last.messages[0]?.text).toBe('Where?');
      // Each call has its result, and the newest is there.
      const calls = last.messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []) : []));
      const results = last.messages.flatMap((message) => (message.role === 'tool' ? [message.callId] : []));
      expect(results).toEqual(calls.map(({ id }) => id));
      if (strategy === 'summarise') {
        expect(last.messages[1]?.text).toContain('They found words.');
        expect(come.usage.total).toBe(15 * models.asked.length);
      }
    },
  );

  it('has of a result that is too long its beginning', async () => {
    const models = scriptedModels([{ toolCalls: [call('a'), call('b')] }, { json: { city: 'Rome' } }]);
    const use: ConverseOptions['use'] = async ({ id }) => ({
      text: id === 'a' ? `begin ${'word '.repeat(50_000)}` : 'short',
    });
    await models.converse({ ...ask, tools: [search], maxContextTokens: 2000 }, { use });
    const [, , long, short] = models.asked[1]!.messages;
    expect(long?.text).toMatch(/^begin word .*\n… \(\d+ more characters are left out: ask for less\)$/s);
    expect(long!.text.length).toBeLessThan(2000 * 4);
    expect(short?.text).toBe('short');
  });

  it('is less when the provider counts more than was estimated', async () => {
    const use: ConverseOptions['use'] = async ({ id }) => ({ text: `${id} ${long}` });
    const talk = async (strategy: 'truncate' | 'none') => {
      let refused = 0;
      const models = scriptedModels((request, number) => {
        if (request.messages.length > 5) return { fails: 'contextLength' as const, message: String((refused += 1)) };
        return number < 4 ? { toolCalls: [call(`c${number}`)] } : { json: { city: 'Rome' } };
      });
      const come = models.converse({ ...ask, tools: [search], strategy }, { use });
      return { come: await come.catch((error: unknown) => error), refused, models };
    };
    const { come, refused, models } = await talk('truncate');
    expect(come).toMatchObject({ value: { city: 'Rome' } });
    expect(refused).toBeGreaterThan(0);
    expect(models.asked.at(-1)?.messages[0]?.text).toBe('Where?');
    expect((await talk('none')).come).toMatchObject({ kind: 'contextLength' });
  });

  it('is refused when a conversation that may not be compacted grows too long', async () => {
    const models = scriptedModels(() => ({ toolCalls: [call('a')] }));
    const use: ConverseOptions['use'] = async () => ({ text: long });
    await expect(
      models.converse({ ...ask, tools: [search], strategy: 'none', maxContextTokens: 1000 }, { use }),
    ).rejects.toThrow(code('MR4091'));
  });

  it('is what came of it earlier in the run, and of no other run', async () => {
    const notes = memoryNotes();
    const remembering = { ...ask, memory: { spec: 'v1' } };
    const of = (run: string) => ({ task: 't', run });
    const models = scriptedModels((_request, number) => ({ json: { city: `city ${number}` } }), { notes });
    await models.converse(remembering, of('r1'));
    await models.converse(remembering, of('r1'));
    await models.converse(remembering, of('r2'));
    await models.converse({ ...ask, memory: { spec: 'v2' } }, of('r1'));
    const told = models.asked.map(({ messages }) => [...messages[0]!.text.matchAll(/city \d/g)].map(([city]) => city));
    expect(told).toEqual([[], ['city 0'], [], []]);
  });

  it('is what was remembered when it began, also when it goes on', async () => {
    const notes = memoryNotes();
    const { keep } = ledger();
    const conversation = { ...ask, memory: { spec: 'v1' } };
    const options = { task: 't', run: 'r', keep };
    const models = scriptedModels([{ json: { city: 'Rome' } }], { notes });
    const first = await models.converse(conversation, options);
    expect(await models.converse(conversation, options)).toEqual(first);
    expect(await notes.read({ run: 'r', task: 't', spec: 'v1' })).toHaveLength(1);
  });
});
