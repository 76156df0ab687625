import { z } from 'zod';
import { expressionSchema, schemaSchema, type ExpressionNode } from './expression.ts';
import { callSchema } from './flow.ts';
import { locationSchema, type Location } from './location.ts';
import { common, durationSchema, tagsSchema } from './policy.ts';

const at = { location: locationSchema };

/** Does the same for each item of a list; `item` and `index` join the scope. */
export interface ForEachNode {
  readonly kind: 'forEach';
  readonly over: ExpressionNode;
  readonly actions: readonly ActionNode[];
  readonly location: Location;
}
// Written out as a type above: an action holds actions.
const forEachSchema: z.ZodType<ForEachNode> = z.lazy(() =>
  z
    .strictObject({
      kind: z.literal('forEach'),
      over: expressionSchema,
      actions: z.array(actionSchema).readonly(),
      ...at,
    })
    .readonly(),
);

/** Does something only if the condition holds, and something else if it does not. */
export interface WhenNode {
  readonly kind: 'when';
  readonly condition: ExpressionNode;
  readonly actions: readonly ActionNode[];
  readonly otherwise?: readonly ActionNode[];
  readonly location: Location;
}
const whenSchema: z.ZodType<WhenNode> = z.lazy(() =>
  z
    .strictObject({
      kind: z.literal('when'),
      condition: expressionSchema,
      actions: z.array(actionSchema).readonly(),
      otherwise: z.array(actionSchema).readonly().exactOptional(),
      ...at,
    })
    .readonly(),
);

/** What a transition, an entry or an exit does, in order. */
export const actionSchema = z.union([
  /** Changes the context: the lambda gives the fields that change. */
  z.strictObject({ kind: z.literal('assign'), value: expressionSchema, ...at }).readonly(),
  /** Appends an event to the event log. */
  z.strictObject({ kind: z.literal('emit'), call: callSchema, ...at }).readonly(),
  /** Puts an event into the machine's own queue. */
  z.strictObject({ kind: z.literal('raise'), call: callSchema, ...at }).readonly(),
  /** Starts a flow that outlives the state. */
  z.strictObject({ kind: z.literal('start'), call: callSchema, ...at }).readonly(),
  /** Sends an event later, or to another machine. */
  z
    .strictObject({
      kind: z.literal('send'),
      call: callSchema,
      /** By which it can be taken back. */
      id: z.union([z.string(), expressionSchema]).exactOptional(),
      delay: z.union([durationSchema, expressionSchema]).exactOptional(),
      /** `#parent`, `#RUN`, `machine` or `machine/instance`. Without it: this instance. */
      target: z.union([z.string(), expressionSchema]).exactOptional(),
      ...at,
    })
    .readonly(),
  /** Takes back what was sent under this id and has not arrived. */
  z.strictObject({ kind: z.literal('cancel'), id: z.union([z.string(), expressionSchema]), ...at }).readonly(),
  forEachSchema,
  whenSchema,
]);
export type ActionNode = z.infer<typeof actionSchema>;
export type ActionKind = ActionNode['kind'];
export type ActionOf<K extends ActionKind> = Extract<ActionNode, { readonly kind: K }>;

/** Where to go, on what condition, and what to do. Without targets the machine stays where it is. */
export const transitionSchema = z
  .strictObject({
    kind: z.literal('transition'),
    targets: z.array(z.string()).readonly(),
    guard: expressionSchema.exactOptional(),
    actions: z.array(actionSchema).readonly(),
    /** True: a self or child target does not leave the source state. */
    internal: z.boolean().exactOptional(),
    description: z.string().exactOptional(),
    ...at,
  })
  .readonly();
export type TransitionNode = z.infer<typeof transitionSchema>;
const transitions = z.array(transitionSchema).readonly();

/** Work that lives as long as its state. */
export const runSchema = z
  .strictObject({
    kind: z.literal('run'),
    id: z.string(),
    target: z.strictObject({ kind: z.enum(['flow', 'task', 'machine']), name: z.string() }).readonly(),
    input: expressionSchema.exactOptional(),
    onDone: transitions,
    onError: transitions,
    ...at,
  })
  .readonly();
export type RunNode = z.infer<typeof runSchema>;

const stateBase = z.strictObject({
  kind: z.literal('state'),
  name: z.string().min(1),
  type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
  description: z.string().exactOptional(),
  tags: tagsSchema.exactOptional(),
  /** The targets entered by default; several when deep. */
  initial: z.array(z.string()).readonly().exactOptional(),
  /** Event descriptors in document order: a name, `name.*`, or `*`. */
  on: z.array(z.strictObject({ event: z.string(), transitions, ...at }).readonly()).readonly(),
  always: transitions,
  after: z
    .array(z.strictObject({ delay: z.union([durationSchema, expressionSchema]), transitions, ...at }).readonly())
    .readonly(),
  entry: z.array(actionSchema).readonly(),
  exit: z.array(actionSchema).readonly(),
  run: z.array(runSchema).readonly(),
  onDone: transitions,
  /** Of a final state. */
  output: expressionSchema.exactOptional(),
  /** A schema of its own, checked on entry. */
  context: schemaSchema.exactOptional(),
  /** Of a history state: how deep it remembers. */
  history: z.enum(['shallow', 'deep']).exactOptional(),
  ...at,
});

/** One state. Names are unique in a machine. */
export interface StateNode extends Readonly<z.infer<typeof stateBase>> {
  readonly states: readonly StateNode[];
}
export const stateSchema: z.ZodType<StateNode> = z.lazy(() =>
  stateBase.extend({ states: z.array(stateSchema).readonly() }).readonly(),
);

const aliases = z.array(z.strictObject({ alias: z.string(), name: z.string() }).readonly()).readonly();

/** A statechart, one instance a key. */
export const machineSchema = z
  .strictObject({
    kind: z.literal('machine'),
    name: z.string().min(1),
    ...common,
    /** The payload field that says which instance an event is for. */
    key: z.string(),
    context: schemaSchema,
    /** The events it reacts to: the name used in `on`, and the event's own. */
    events: aliases,
    /** The events (by alias) that may create an instance. Empty: instances are created by hand only. */
    creates: z.array(z.string()).readonly(),
    flows: aliases,
    tasks: aliases,
    machines: aliases,
    initial: z.array(z.string()).readonly(),
    states: z.array(stateSchema).readonly(),
    ...at,
  })
  .readonly();
export type MachineNode = z.infer<typeof machineSchema>;
