import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../core/index.ts';
import { taskContract } from '../../flow/index.ts';
import { scriptedModels } from '../../llm/fixtures/scripted-models.ts';
import { implement, modelTask, runAttempt, silentLogger, toolboxOf, type AttemptServices } from '../index.ts';
import { transientServices } from '../services.ts';

const clock = systemClock();
const source = 'a.dsl.ts:1:1';
const agent = { name: 'clerk', role: 'fast', system: 'Be brief.', maxTokens: 300 } as const;
const search = taskContract('web.search', {
  input: z.object({ q: z.string().min(2) }),
  output: z.object({ found: z.array(z.string()) }),
  policy: { retry: { attempts: 2, delay: '1ms' } },
  source,
});
const report = taskContract('report', {
  input: z.object({ topic: z.string(), pages: z.array(z.string()).optional() }),
  output: z.object({ text: z.string(), at: z.string().transform((text) => new Date(text)) }),
  policy: {},
  source,
  model: {
    agent,
    prompt: ({ input }) => `Report on ${input.topic}.`,
    tools: [{ task: 'web.search', description: 'Searches.' }],
    context: { show: [{ member: 'pages' }] },
    hash: 'h1',
  },
});
const done = { json: { text: 'All of it.', at: '2026-11-21' } };
const calls = (...inputs: unknown[]) => ({
  toolCalls: inputs.map((input, index) => ({ id: `c${index}`, name: 'web_search', input })),
});
const input = { topic: 'mills' };
/** What every attempt has. */
const around = { input, attempt: 1, runId: 'r', step: 's', idempotencyKey: 'key', clock, logger: silentLogger };

/** What outlives an attempt, in memory, as an engine keeps it: only what succeeded is given again. */
function kept(): AttemptServices & { readonly names: string[] } {
  const results = new Map<string, string>();
  const names: string[] = [];
  return {
    ...transientServices('key'),
    names,
    tool: (signal) => async (name, args, run) => {
      const key = JSON.stringify([name, args]);
      const replayed = results.has(key);
      if (!replayed) {
        results.set(key, JSON.stringify(await run({ signal, idempotencyKey: key })));
        names.push(name);
      }
      return { output: JSON.parse(results.get(key)!), replayed };
    },
  };
}

function attempt(
  script: Parameters<typeof scriptedModels>[0],
  more: { services?: AttemptServices; searches?: (q: string) => unknown; signal?: AbortSignal; given?: unknown } = {},
) {
  const { searches = () => ({ found: ['a mill'] }), services, signal, given = input } = more;
  const models = scriptedModels(script);
  const toolbox = toolboxOf({ implementations: [implement(search, async ({ q }) => searches(q) as never)], clock });
  const outcome = runAttempt({
    contract: report,
    implementation: modelTask(report, models, toolbox),
    input: given,
    attempt: 1,
    runId: 'r',
    step: 's',
    idempotencyKey: 'key',
    clock,
    logger: silentLogger,
    ...(services === undefined ? {} : { services }),
    ...(signal === undefined ? {} : { signal }),
  });
  return { models, outcome };
}

describe('a task that a model performs', () => {
  it('gives what the model wrote, through its schema', async () => {
    const { models, outcome } = attempt([done]);
    expect(await outcome).toMatchObject({
      ok: true,
      output: '{"text":"All of it.","at":"2026-11-21"}',
      value: { at: new Date('2026-11-21') },
    });
    expect(models.asked).toMatchObject([
      {
        system: 'Be brief.',
        maxOutputTokens: 300,
        messages: [{ text: 'Report on mills.' }],
        tools: [{ name: 'web_search', description: 'Searches.' }],
      },
    ]);
    expect(models.how).toMatchObject([{ task: 'report', run: 'r', step: 's', agent: 'clerk' }]);
  });

  it('shows members of the input as data, and leaves out those that are not there', async () => {
    const { models, outcome } = attempt([done], { given: { ...input, pages: ['p1'] } });
    await outcome;
    expect(models.asked[0]?.messages[0]?.text).toBe('<data id="pages">\n["p1"]\n</data>\n\nReport on mills.');
  });

  it('has its tools done by other tasks: their retries, and failures that the model may mend', async () => {
    let tries = 0;
    const searches = (q: string) => {
      tries += 1;
      if (q === 'flaky' && tries === 1) throw new Error('a hiccup');
      if (q === 'broken') throw new Error('down');
      return { found: [q] };
    };
    const turns = [calls({ q: 'flaky' }), calls({ q: 'broken' }), calls({ q: '' }), done];
    const { models, outcome } = attempt(turns, { searches });
    expect((await outcome).ok).toBe(true);
    const told = models.asked.at(-1)!.messages.filter(({ role }) => role === 'tool');
    expect(told).toEqual([
      { role: 'tool', callId: 'c0', text: '{"found":["flaky"]}' },
      { role: 'tool', callId: 'c0', text: 'MR3100: down', failed: true },
      { role: 'tool', callId: 'c0', text: expect.stringMatching(/^MR3101: .*q/), failed: true },
    ]);
    expect(tries).toBe(4);
  });

  it('ends with a tool whose failure no model can mend', async () => {
    const outcome = runAttempt({
      contract: report,
      implementation: modelTask(report, scriptedModels([calls({ q: 'mills' })]), {
        find: () => search,
        run: async ({ contract, asking }) =>
          runAttempt({
            ...around,
            ...asking,
            contract,
            implementation: undefined,
          }),
      }),
      ...around,
    });
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'MR3104' } });
  });

  it('goes on where an attempt was broken off: no answer is paid and no tool used twice', async () => {
    const turns = [calls({ q: 'one' }, { q: 'two' }), calls({ q: 'one' }), done];
    for (let crash = 0; crash <= 6; crash += 1) {
      const services = kept();
      const dying: AttemptServices = {
        ...services,
        tool: (signal) => (name, args, run, options) =>
          services.names.length >= crash
            ? Promise.reject(new Error('killed'))
            : services.tool(signal)(name, args, run, options),
      };
      let asked = 0;
      let searched = 0;
      const script = () => turns[asked++]!;
      const searches = () => ({ found: [String((searched += 1))] });
      await attempt(script, { services: dying, searches }).outcome;
      expect(await attempt(script, { services, searches }).outcome).toMatchObject({ ok: true });
      expect({ crash, asked, searched }).toEqual({ crash, asked: 3, searched: 3 });
    }
  });

  it('holds another conversation after one that came to nothing, not the same again', async () => {
    const services = kept();
    const first = attempt(['prose', 'more prose'], { services });
    expect(await first.outcome).toMatchObject({ ok: false, error: { code: 'MR4013', retryable: true } });
    const second = attempt([done], { services });
    expect(await second.outcome).toMatchObject({ ok: true });
    expect(second.models.how[0]?.cache).toBe('refresh');
    expect(services.names).toEqual(['clerk', 'clerk', 'clerk']);
  });

  it('is another conversation for another input', async () => {
    const services = kept();
    await attempt([done], { services }).outcome;
    const other = attempt([done], { services, given: { topic: 'weirs' } });
    await other.outcome;
    expect(other.models.asked.length).toBe(1);
  });

  it('gives signs of life while the model writes', async () => {
    const beats: unknown[] = [];
    const services = { ...kept(), heartbeat: (details: unknown) => void beats.push(details) };
    await attempt([{ text: ['{"text":"a",', '"at":"2026-11-21"}'] }], { services }).outcome;
    expect(beats.length).toBe(3);
  });

  it('stops in the middle of a stream when its run is cancelled', async () => {
    const abort = new AbortController();
    const { models, outcome } = attempt([{ text: ['{', '}'], delayMs: 60_000 }], { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 5);
    expect(await outcome).toMatchObject({ ok: false, error: { code: 'MR3105' } });
    expect(models.asked.length).toBe(1);
  });

  it('is refused before anything is paid: no model, no tool, no prompt', async () => {
    const models = scriptedModels([]);
    expect(() => modelTask(search, models)).toThrow(expect.objectContaining({ code: 'MR3142' }));
    const run = (contract: typeof report) =>
      runAttempt({
        ...around,
        contract,
        implementation: modelTask(contract, models),
      });
    expect(await run(report)).toMatchObject({ error: { code: 'MR3143', retryable: false } });
    const { input: takes, output, policy } = report;
    const as = (model: NonNullable<Parameters<typeof taskContract>[1]['model']>) =>
      taskContract('report', { input: takes, output, policy, source, model });
    expect(await run(as({ agent, prompt: () => ' ', hash: 'h' }))).toMatchObject({ error: { code: 'MR3144' } });
    const throwing = () => {
      throw new Error('no pages');
    };
    expect(await run(as({ agent, prompt: throwing, hash: 'h' }))).toMatchObject({ error: { code: 'MR3144' } });
    expect(models.asked).toEqual([]);
  });
});
