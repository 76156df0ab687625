import { readFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anthropicProvider, openModels } from 'millrace/llm';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { startWireServer, type WireCall, type WireServer, type WireServerOptions } from 'millrace/testing';
import system from '../../generated/research/index.ts';
import { answerTo } from './stand-in/answers.ts';

let server: WireServer;
let runtime: ReactiveSystemRuntime;
const question = 'How does the water of the race get to the wheel?';
const folder = '.millrace/research';

async function open(options: Partial<WireServerOptions> = {}): Promise<void> {
  server = await startWireServer({ answer: answerTo, ...options });
  const provider = anthropicProvider({ apiKey: 'any', baseURL: server.baseURL('messages') });
  const models = openModels({ providers: [provider] });
  runtime = new ReactiveSystemRuntime(system, { store: openMemory(), models, logger: silentLogger });
}
const states = (): string | readonly string[] => runtime.get('job', 'j')?.state ?? '';
const until = (state: string): Promise<void> => vi.waitFor(() => expect(states()).toContain(state), 10_000);
const about = ({ body }: Pick<WireCall, 'body'>): string =>
  /Look this up: [^\\]*/.exec(JSON.stringify(body['messages']))?.[0] ?? '';

beforeEach(() => rmSync(`${folder}/j.md`, { force: true }));
afterEach(async () => {
  await runtime.close();
  await server.close();
});

describe('in one go', () => {
  it('is planned, looked up and written, from pages that are named, for a known price', async () => {
    await open();
    const { runId } = await runtime.start('answer', { jobId: 'j', question });
    expect(await runtime.result(runId)).toMatchObject({ success: true, output: { file: `${folder}/j.md` } });
    const report = readFileSync(`${folder}/j.md`, 'utf8');
    expect(report).toMatch(/^# How does the water of the race get to the wheel\n\n> How does/);
    expect(report).toContain('*wheel.md*');
    expect(report).toContain('A water wheel turns falling or flowing water into motion.');
    // A plan, three lookups of three answers each (search, read, say), a report.
    expect(server.paid()).toBe(1 + 3 * 3 + 1);
    const usage = runtime.status(runId)?.usage;
    expect(usage).toMatchObject({ calls: 11, unpriced: 0 });
    expect(usage?.cost[0]?.micros).toBeGreaterThan(0);
    expect(runtime.reader.usage({ by: 'agent' }).map(({ name, calls }) => [name, calls])).toEqual(
      expect.arrayContaining([
        ['planner', 1],
        ['librarian', 9],
        ['editor', 1],
      ]),
    );
  });

  it('lets the model mend what a tool refuses', async () => {
    let first = true;
    await open({
      answer: (call) => {
        const said = answerTo(call);
        if (typeof said === 'string' || said.tool !== 'readPage' || !first) return said;
        first = false;
        return { tool: 'readPage', input: { page: '../../../package.json' } };
      },
    });
    expect(await runtime.executeFlow('answer', { jobId: 'j', question })).toMatchObject({ success: true });
    const told = server.calls
      .map(({ body }) => JSON.stringify(body['messages']))
      .filter((text) => text.includes('NO_SUCH_PAGE'));
    expect(told.length).toBeGreaterThan(0);
    expect(told.join()).not.toContain('"name": "millrace"');
  });
});

describe('a job', () => {
  const start = () => runtime.sendEvent('jobAsked', { jobId: 'j', question });

  it('goes from idle over planning and executing to completed', async () => {
    await open();
    await start();
    await until('completed');
    const { context } = runtime.get('job', 'j')!;
    expect(context).toMatchObject({ file: `${folder}/j.md`, open: [], reason: '' });
    expect(runtime.reader.events().map(({ name }) => name)).toEqual(['reportReady', 'jobAsked']);
  });

  it('stops when it is paused, and goes on where it was: only the answer under way is paid again', async () => {
    let asked = 0;
    await open({
      pieceMs: 20,
      answer: (call) => {
        if (about(call).includes('wheel')) asked += 1;
        return answerTo(call);
      },
    });
    await start();
    await until('finding');
    await vi.waitFor(() => expect(asked).toBeGreaterThan(0), 10_000);
    await runtime.sendEvent('pauseAsked', { jobId: 'j' });
    await until('paused');
    await runtime.idle();
    const [paid, notes] = [
      server.calls.length,
      (runtime.get('job', 'j')!.context as { notes: unknown[] }).notes.length,
    ];
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.calls.length).toBe(paid);
    await runtime.sendEvent('resumeAsked', { jobId: 'j' });
    await until('completed');
    expect(runtime.get('job', 'j')?.context).toMatchObject({ notes: { length: 3 } });
    // What was found before the pause is not looked up again.
    expect(server.calls.filter((call) => /one to four questions/.test(JSON.stringify(call.body))).length).toBe(1);
    expect(server.calls.length - paid).toBeLessThanOrEqual((3 - notes) * 3 + 1);
  });

  it.each(['idle', 'planning', 'finding', 'paused'])('can be given up while it is %s, and is failed', async (state) => {
    // Whoever asks for an answer waits for it: there is time to give up.
    await open({ scenario: state === 'planning' ? 'stalled' : 'ok', pieceMs: state === 'idle' ? 0 : 20 });
    if (state === 'idle') await runtime.create('job', { id: 'j' });
    else await start();
    if (state !== 'idle') await until(state === 'paused' ? 'finding' : state);
    if (state === 'paused') await runtime.sendEvent('pauseAsked', { jobId: 'j' });
    if (state === 'paused') await until('paused');
    await runtime.sendEvent('jobGivenUp', { jobId: 'j', reason: 'no longer wanted' });
    await until('failed');
    expect(runtime.get('job', 'j')?.context).toMatchObject({ reason: 'no longer wanted' });
    await runtime.idle();
  });

  it('that is completed cannot fail any more', async () => {
    await open();
    await start();
    await until('completed');
    expect(await runtime.sendEvent('jobGivenUp', { jobId: 'j', reason: 'too late' })).toMatchObject({});
    await runtime.idle();
    expect(states()).toContain('completed');
  });

  it('fails with the reason when no model can be asked', async () => {
    await open({ scenario: 'auth' });
    await start();
    await until('failed');
    expect((runtime.get('job', 'j')!.context as { reason: string }).reason).toMatch(/key|auth/i);
    expect(server.paid()).toBe(0);
  });
});
