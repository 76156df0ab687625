import { testRuntime, type TestRuntime } from 'millrace/testing';
import { tasksOf, type Made } from '../../simulate/system.ts';
import { lookingWith, modelsOf, system, type Turn } from './asking.ts';
import type { End, Engine, EngineKind } from './engine.ts';

/** The embedded engine, on a store in memory, with a clock that skips time. */
export const embedded: EngineKind = {
  name: 'embedded',
  skipsTime: true,
  open: (turns = []) => Promise.resolve(open(turns)),
};

function open(turns: readonly Turn[]): Engine {
  const made: Made[] = [];
  const asked: string[] = [];
  const forEver = (): Promise<void> => test.wait(Infinity);
  const look = lookingWith(forEver, ({ runId, step, attempt }) => made.push({ run: runId, step, attempt } as Made));
  const test: TestRuntime = testRuntime(system, {
    tasks: { ...tasksOf(() => test, made), look },
    models: modelsOf(turns, asked, forEver),
  });
  return {
    start: async (flow, id, body) => void (await test.runtime.start(flow, { body }, { id })),
    send: async (event, payload, key) =>
      void (await test.runtime.sendEvent(event, payload, key === undefined ? {} : { idempotencyKey: key })),
    decide: async () => {
      await test.runtime.idle();
      for (const { runId, step } of test.runtime.reader.decisions())
        await test.runtime.decide(runId, step, { approved: true, by: 'ada' });
    },
    cancel: async (run) => void (await test.runtime.cancel(run)),
    pause: async (run) => void (await test.runtime.pause(run)),
    resume: async (run) => void (await test.runtime.resume(run)),
    pass: (minutes) => test.advance(minutes * 60_000),
    crash: () => {
      test.crash();
      return Promise.resolve();
    },
    status: async (run) => {
      await test.clock.advance(0);
      return test.runtime.status(run)?.status ?? 'unknown';
    },
    end: async (run): Promise<End> => {
      const { status, output, error } = await test.finish(run);
      return {
        status: status as End['status'],
        ...(status === 'completed' ? { output } : {}),
        ...(status === 'failed' && error !== undefined ? { error: error.message } : {}),
      };
    },
    done: () => made.map(({ run, step, attempt }) => ({ run, step, attempt })),
    asked: () => asked,
    book: () => {
      const context = test.runtime.get('book', 'b')?.context;
      return Promise.resolve(context as { seen: number[]; rang: number[] } | undefined);
    },
    close: () => test.close(),
  };
}
