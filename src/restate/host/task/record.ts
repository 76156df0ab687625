import { hash } from 'node:crypto';
import type { Serde } from '@restatedev/restate-sdk';
import { canonicalJson, type ErrorRecord } from '../../../core/index.ts';
import type { EmittedEvent } from '../../../tasks/index.ts';

interface Common {
  /** The end of the id of the invocation that has made it: another one where a run was begun anew from a later step. */
  readonly by: string;
  /** What was asked for: the name of the task, and its input, or a hash of one that is long. */
  readonly asked: string;
  /** When it ended. */
  readonly at: number;
  /** When the first attempt of a step began whose attempts have a time limit together. */
  readonly since?: number;
  /** It, or one before it, has kept something that outlives it: the id of the invocation. */
  readonly kept?: string;
}

/** What the journal has of one attempt: the value of its `ctx.run`. */
export type AttemptRecord = Common &
  (
    | {
        readonly ok: true;
        readonly output?: unknown;
        readonly emitted?: readonly { readonly event: string; readonly payload?: unknown }[];
        readonly evidence?: unknown;
      }
    | { readonly ok: false; readonly error: ErrorRecord }
    /** It had lost its turn before it began. */
    | { readonly ok: false; readonly turn: 'lost' }
  );

/** A good end whose parts are JSON texts already. */
interface Good extends Common {
  readonly output: string | undefined;
  readonly emitted: readonly EmittedEvent[];
  readonly evidence: string | undefined;
}

/** Inputs whose text is no longer than this are noted as they are. */
const short = 60;

/** The name of a task and its input, or a hash of that: equal ones have equal texts, whatever the order of their keys. */
export function askedOf(task: string, input: unknown): string {
  const text = canonicalJson(input ?? null);
  return `${task} ${text.length <= short ? text : hash('sha256', text, 'base64url').slice(0, 12)}`;
}

/** The name of the task in what was asked for. */
export const taskOf = (asked: string): string => asked.slice(0, asked.indexOf(' '));

/** The text of a good record. What is JSON text in it is not read and written again. */
export function goodText({ output, emitted, evidence, ...common }: Good): string {
  const head = JSON.stringify({ ...common, ok: true });
  if (emitted.length === 0 && evidence === undefined)
    return output === undefined ? head : `${head.slice(0, -1)},"output":${output}}`;
  const events = emitted.map(({ event, payload }) => {
    const name = JSON.stringify(event.contract);
    return payload === undefined ? `{"event":${name}}` : `{"event":${name},"payload":${payload}}`;
  });
  const said = [
    ...(output === undefined ? [] : [`"output":${output}`]),
    ...(events.length === 0 ? [] : [`"emitted":[${events.join()}]`]),
    ...(evidence === undefined ? [] : [`"evidence":${evidence}`]),
  ];
  return said.length === 0 ? head : `${head.slice(0, -1)},${said.join()}}`;
}

/**
 * The attempt gives the text, and whoever waits for it gets what that says. `made`: what the attempt that was just made here
 * has said, which need not be read again.
 */
export const recordSerde = (made: () => AttemptRecord | undefined): Serde<unknown> => ({
  contentType: 'application/json',
  serialize: (text) => Buffer.from(text as string),
  deserialize: (bytes) =>
    made() ?? (JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown),
});
