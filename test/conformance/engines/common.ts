import type {
  CreateOptions,
  DecisionView,
  HistoryView,
  InstanceView,
  RunView,
  SendOptions,
  SendResult,
  StartOptions,
  StepView,
  TaskResult,
} from 'millrace/runtime';
import type { Engine, Said } from './engine.ts';

type Soon<T> = T | Promise<T>;

/** What both engines can be asked in the same words, one of them at once. */
export interface Asked {
  start(name: string, input: unknown, options: StartOptions): Promise<unknown>;
  executeTask(name: string, input: unknown): Promise<TaskResult>;
  sendEvent(name: string, payload: unknown, options: SendOptions): Promise<SendResult>;
  decide(runId: string, step: string, said: Said): Promise<unknown>;
  decisions(): Soon<DecisionView[]>;
  cancel(runId: string): Promise<unknown>;
  pause(runId: string): Promise<unknown>;
  resume(runId: string): Promise<unknown>;
  retry(runId: string): Promise<unknown>;
  create(machine: string, options: CreateOptions): Promise<unknown>;
  rollback(machine: string, id: string): Promise<unknown>;
  removeInstance(machine: string, id: string): Promise<unknown>;
  get(machine: string, id: string): Soon<InstanceView | undefined>;
  history(machine: string, id: string): Soon<HistoryView[]>;
  status(runId: string): Soon<RunView | undefined>;
  list(): Soon<RunView[]>;
  steps(runId: string): Soon<StepView[]>;
}

/** The part of an engine under test that is the same for both. `rest`: until all has come to rest. */
export function common(asked: () => Asked, rest: () => Promise<void>) {
  return {
    rest,
    start: async (flow, id, input) => void (await asked().start(flow, input, { id })),
    send: async (event, payload, key) => {
      const options = key === undefined ? {} : { idempotencyKey: key };
      const { handled, available } = await asked().sendEvent(event, payload, options);
      return { handled, ...(available === undefined ? {} : { available }) };
    },
    decide: async (said, run) => {
      await rest();
      const open = await asked().decisions();
      const meant = open.filter(({ runId }) => run === undefined || runId === run);
      // A person who decides what nobody asks is told so.
      if (meant.length === 0) await asked().decide(run ?? 'r', 'approve0', said);
      for (const { runId, step } of meant) await asked().decide(runId, step, said);
    },
    cancel: async (run) => void (await asked().cancel(run)),
    pause: async (run) => void (await asked().pause(run)),
    resume: async (run) => void (await asked().resume(run)),
    retry: async (run) => void (await asked().retry(run)),
    create: async (machine, id, context) =>
      void (await asked().create(machine, { id, ...(context === undefined ? {} : { context }) })),
    rollback: async (machine, id) => void (await asked().rollback(machine, id)),
    remove: async (machine, id) => void (await asked().removeInstance(machine, id)),
    status: async (run) => {
      await rest();
      return (await asked().status(run))?.status ?? 'unknown';
    },
    instance: async (machine, id) => {
      await rest();
      const found = await asked().get(machine, id);
      if (found === undefined) return undefined;
      const { state, context, status } = found;
      const history = (await asked().history(machine, id)).map(({ event }) => event).toReversed();
      return { state, context, status, history };
    },
    decisions: async () => {
      await rest();
      return (await asked().decisions()).map(({ step, message }) => `${step}: ${message ?? ''}`).sort();
    },
    runs: async () => {
      await rest();
      return (await asked().list()).map(({ target, status }) => `${target} ${status}`).sort();
    },
    steps: async (run) => {
      await rest();
      return (await asked().steps(run)).map(({ path, status }) => `${path} ${status}`).sort();
    },
  } satisfies Partial<Engine>;
}

/** What a task gave, or why it failed. */
export const outcome = ({ success, output, error }: TaskResult): unknown =>
  success ? output : `${error?.code}: ${error?.message}`;
