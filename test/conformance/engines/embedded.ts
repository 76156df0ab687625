import { testRuntime, type TestRuntime } from 'millrace/testing';
import { modelsOf } from './asking.ts';
import { common, outcome, type Asked } from './common.ts';
import type { Done, End, Engine, EngineKind, OpenOptions } from './engine.ts';
import { scheduledSystem, system, tasksIn } from './system.ts';
import type { CaseWorld } from './world.ts';

/** The embedded engine, on a store in memory, with a clock that skips time. */
export const embedded: EngineKind = {
  name: 'embedded',
  atOnce: 1,
  open: (options = {}) => Promise.resolve(open(options)),
};

function open({ turns = [], scheduled = false }: OpenOptions): Engine {
  const made: Done[] = [];
  const asked: string[] = [];
  const world: CaseWorld = {
    note: ({ runId, step, attempt }, what = step) => void made.push({ run: runId, step: what, attempt }),
    count: (what) => made.filter(({ step }) => step === what).length,
    ask: (told) => asked.push(told) - 1,
    wait: (ms, signal) => test.wait(ms, signal),
  };
  const test: TestRuntime = testRuntime(scheduled ? scheduledSystem : system, {
    tasks: tasksIn(world),
    models: modelsOf(turns, world),
  });
  const rest = (): Promise<void> => test.clock.advance(0);
  return {
    ...common(() => askedOf(test.runtime), rest),
    task: async (name, input) => {
      const running = { ended: false };
      const result = test.runtime.executeTask(name, input).finally(() => (running.ended = true));
      result.catch(() => {});
      for (await rest(); !running.ended; await rest()) await test.clock.advanceToNext();
      return outcome(await result);
    },
    pass: (minutes) => test.advance(minutes * 60_000),
    crash: () => {
      test.crash();
      return Promise.resolve();
    },
    end: async (run): Promise<End> => {
      const { status, output, error } = await test.finish(run);
      return {
        status: status as End['status'],
        ...(status === 'completed' ? { output } : {}),
        ...(status === 'failed' && error !== undefined ? { error: error.message } : {}),
      };
    },
    done: () => made,
    asked: () => asked,
    close: () => test.close(),
  };
}

const askedOf = (runtime: TestRuntime['runtime']): Asked => ({
  start: (name, input, options) => runtime.start(name, input, options),
  executeTask: (name, input) => runtime.executeTask(name, input),
  sendEvent: (name, payload, options) => runtime.sendEvent(name, payload, options),
  decide: (run, step, said) => runtime.decide(run, step, said),
  decisions: () => runtime.reader.decisions(),
  cancel: (run) => runtime.cancel(run),
  pause: (run) => runtime.pause(run),
  resume: (run) => runtime.resume(run),
  retry: (run) => runtime.retry(run),
  create: (machine, options) => runtime.create(machine, options),
  rollback: (machine, id) => runtime.rollback(machine, id),
  removeInstance: (machine, id) => runtime.removeInstance(machine, id),
  get: (machine, id) => runtime.get(machine, id),
  history: (machine, id) => runtime.history(machine, id),
  status: (run) => runtime.status(run),
  list: () => runtime.list(),
  steps: (run) => runtime.reader.steps(run),
});
