import { z } from 'zod';

/** A module may be written in plain JavaScript: what it exports is looked at before it is believed. */
const lambda = z.custom<() => unknown>((value) => typeof value === 'function', 'expected a function');
const open = <T extends z.ZodType>(type: T) =>
  z.union([z.strictObject({ kind: z.literal('placeholder'), question: z.string() }), type]);
const byName = <T extends z.ZodType>(type: T) => z.record(z.string(), type).optional();

const edit = z.looseObject({ op: z.enum(['add', 'remove', 'rename', 'move', 'set']), path: z.string() });

const instances = z.strictObject({
  machine: z.string().optional(),
  states: byName(open(z.union([z.string(), z.array(z.string()), z.null(), lambda]))),
  context: open(lambda).optional(),
});
const runs = z.strictObject({
  flow: z.string().optional(),
  steps: byName(open(z.string())),
  input: open(lambda).optional(),
  inputs: byName(open(lambda)),
  results: byName(open(lambda)),
});
const events = z.strictObject({ event: z.string().optional(), payload: open(lambda).optional() });

const parts = {
  source: z.union([z.array(edit), lambda]).optional(),
  codemod: lambda.optional(),
  instances: byName(instances),
  runs: byName(open(z.union([z.enum(['block', 'cancel']), runs]))),
  events: byName(events),
  tasks: byName(z.string()),
};

/** What a step may look like. */
export const stepShape = z.strictObject({
  kind: z.literal('migration'),
  from: z.string(),
  to: z.string(),
  description: z.string().optional(),
  ...parts,
  down: z.strictObject(parts).optional(),
});
