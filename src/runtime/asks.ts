import { z } from 'zod';
import { decodeJson, encodeJson } from '../tasks/index.ts';
import { EventError, OwnerError, RunError } from '../engine/index.ts';
import type { RequestKind, Requests } from './requests.ts';

const text = z.string();
const key = text.optional();
const any = z.unknown().optional();
const flag = z.boolean().optional();

/** What a request of each kind looks like in the database. */
const shapes: { readonly [K in RequestKind]: z.ZodType } = {
  send: z.object({ event: text, payload: any, idempotencyKey: key }),
  start: z.object({
    kind: z.enum(['flow', 'task']),
    target: text,
    input: any,
    id: key,
    idempotencyKey: key,
    priority: z.number().optional(),
    metadata: z.record(text, z.unknown()).optional(),
  }),
  cancel: z.object({ runId: text, reason: key, by: key }),
  pause: z.object({ runId: text, inFlight: z.enum(['await', 'abort']).optional() }),
  resume: z.object({ runId: text }),
  fork: z.object({
    runId: text,
    fromStep: key,
    at: z.int().optional(),
    input: any,
    id: key,
    by: key,
    reason: key,
  }),
  retry: z.object({
    runId: text,
    fromStep: key,
    input: any,
    openEffects: z.enum(['refuse', 'keep']).optional(),
    by: key,
    reason: key,
  }),
  enqueue: z.object({
    runId: text,
    step: text,
    node: text,
    task: text,
    input: any,
    needs: z.array(text).optional(),
  }),
  decide: z.object({ runId: text, step: text, approved: z.boolean(), by: text, form: any }),
  create: z.object({ machine: text, id: text, context: any }),
  prune: z.object({
    keep: z.number().optional(),
    maxAge: z.union([text, z.number()]).optional(),
    maxSize: z.union([text, z.number()]).optional(),
    dryRun: flag,
    after: z.object({ id: text, ended: z.number(), left: z.number(), freed: z.number() }).optional(),
  }),
  rollback: z.object({ machine: text, id: text, to: z.number().optional(), fromFinal: flag }),
  remove: z.object({ machine: text, id: text, force: flag }),
  restore: z.object({
    document: z.unknown(),
    id: key,
    force: flag,
    acceptChanged: flag,
    timers: z.enum(['due', 'left']).optional(),
  }),
};

/**
 * Reads a request that another process has written.
 *
 * @throws OwnerError MR3404 when it is not what such a request looks like.
 */
export function readAsks<K extends RequestKind>(kind: K, written: string): Requests[K]['asks'] {
  const asks = decodeJson(shapes[kind], written);
  if (asks.ok) return asks.value as Requests[K]['asks'];
  throw new OwnerError('MR3404', `A request '${kind}' of another process cannot be read: ${asks.problems}`);
}

/**
 * The text of a request for another process.
 *
 * @throws RunError MR3206, EventError MR3302 or MR3307 when it holds something that is not JSON, as the owner itself does.
 */
export function writeAsks<K extends RequestKind>(asks: Requests[K]['asks']): string {
  const given: Readonly<Record<string, unknown>> = { ...asks };
  const name = String(given['event'] ?? given['target'] ?? given['machine'] ?? given['step'] ?? given['runId']);
  for (const part of ['payload', 'input', 'metadata', 'context', 'form'] as const) {
    const encoded = encodeJson(given[part]);
    if (!encoded.ok) throw notJson(part, name, encoded.problems);
  }
  return JSON.stringify(asks);
}

/** The refusal of a value that cannot be stored as it is. */
export function notJson(
  what: 'payload' | 'input' | 'metadata' | 'context' | 'form',
  of: string,
  problems: string,
): RunError | EventError {
  switch (what) {
    case 'payload':
      return new EventError('MR3302', `The payload of event '${of}' is not JSON: ${problems}`);
    case 'context':
      return new EventError('MR3307', `The context of the new instance of machine '${of}' is not JSON: ${problems}`);
    case 'form':
      return new RunError('MR3234', `What was filled in for '${of}' is not JSON: ${problems}`);
    case 'input':
    case 'metadata':
      return new RunError('MR3206', `The ${what} of the new run of '${of}' is not JSON: ${problems}`);
  }
}
