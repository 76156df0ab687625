import type { Duration } from '../../core/index.ts';
import type { RetryPolicy, Schema } from '../contract.ts';
import type { GraphFailure } from '../graph.ts';
import type { At, FlowSchedule } from '../host.ts';

/** A lambda of a flow. One that stands for a call gives `{ target: 'task:chargeCard', input }`. */
export type Lambda = (scope: never) => unknown;

/** A body that can run: live functions where the model has text. */
export interface RunnableBody {
  readonly steps: readonly RunnableStep[];
}
export interface NamedBody {
  readonly name: string;
  readonly body: RunnableBody;
}

interface Base<Kind extends string> {
  readonly kind: Kind;
  readonly id: string;
  /** Where it stands in the source, when that is known. */
  readonly at?: At;
}

export interface RunnableCall extends Base<'step'> {
  readonly call: Lambda;
  readonly retry?: RetryPolicy;
  readonly timeout?: Duration;
  readonly onFailure?: 'stop' | 'continue' | { readonly fallback: Lambda };
  readonly undo?: Lambda;
}
export interface RunnableParallel extends Base<'parallel'> {
  readonly bodies: readonly NamedBody[];
  readonly concurrency?: number;
}
export interface RunnableBranch extends Base<'branch'> {
  readonly on: Lambda;
  readonly cases: readonly NamedBody[];
}
export interface RunnableMap extends Base<'map'> {
  readonly over: Lambda;
  readonly body: RunnableBody;
  readonly concurrency?: number;
}
export interface RunnableRepeat extends Base<'repeat'> {
  readonly body: RunnableBody;
  readonly until: Lambda;
  readonly max: number;
  readonly delay?: Duration;
}
export interface RunnableGraph extends Base<'graph'> {
  readonly nodes: readonly {
    readonly name: string;
    readonly needs: readonly string[];
    readonly call: Lambda;
    readonly at?: At;
  }[];
  readonly concurrency?: number;
  readonly onFailure?: GraphFailure;
}
export interface RunnableRace extends Base<'race'> {
  readonly bodies: readonly NamedBody[];
}
export interface RunnableAttempt extends Base<'attempt'> {
  readonly body: RunnableBody;
  readonly handler: RunnableBody;
}
export interface RunnableWaitFor extends Base<'waitFor'> {
  readonly event: string;
  readonly match: readonly { readonly field: string; readonly value: Lambda }[];
  readonly timeout?: Duration;
  readonly onTimeout?: 'fail' | 'continue';
}
export interface RunnableApprove extends Base<'approve'> {
  readonly form?: Schema;
  readonly message?: string | Lambda;
  readonly timeout?: Duration;
  readonly onTimeout?: 'fail' | 'continue';
}
export interface RunnableSleep extends Base<'sleep'> {
  readonly time: Duration | Lambda;
}
export interface RunnableEmit extends Base<'emit'> {
  readonly call: Lambda;
}
export interface RunnableReturns {
  readonly kind: 'returns';
  readonly value: Lambda;
  readonly at?: At;
}
export type RunnableStep =
  | RunnableCall
  | RunnableParallel
  | RunnableBranch
  | RunnableMap
  | RunnableRepeat
  | RunnableGraph
  | RunnableRace
  | RunnableAttempt
  | RunnableWaitFor
  | RunnableApprove
  | RunnableSleep
  | RunnableEmit
  | RunnableReturns;

/** A flow as live data: what executing a `.dsl.ts` gives, or what a program registers at run time. */
export interface RunnableFlow {
  readonly name: string;
  readonly input: Schema;
  readonly output?: Schema;
  /** The event that starts a run. */
  readonly on?: string;
  readonly timeout?: Duration;
  readonly onFailure?: Lambda;
  readonly schedule?: FlowSchedule;
  /** Refused: no host starts runs by it yet. */
  readonly http?: unknown;
  readonly body: RunnableBody;
}

/** What `flow(...)` of the language gives: the same, with its steps out of sight of the type checker. */
export interface DeclaredFlow {
  readonly kind: 'flow';
  readonly name: string;
  readonly input: Schema;
}

/** The bodies right below a step. */
export function bodiesOf(step: RunnableStep): readonly NamedBody[] {
  switch (step.kind) {
    case 'parallel':
    case 'race':
      return step.bodies;
    case 'branch':
      return step.cases;
    case 'map':
    case 'repeat':
      return [{ name: 'body', body: step.body }];
    case 'attempt':
      return [
        { name: 'try', body: step.body },
        { name: 'catch', body: step.handler },
      ];
    default:
      return [];
  }
}

/** Every step of a body and of the bodies below it, with its path: that of the journal without numbers. */
export function* allSteps(
  body: RunnableBody,
  prefix = '',
): Generator<{ readonly step: RunnableStep; readonly path: string }> {
  for (const step of body.steps) {
    const path = step.kind === 'returns' ? prefix : `${prefix}${step.id}`;
    yield { step, path };
    const numbered = step.kind === 'map' || step.kind === 'repeat';
    for (const { name, body: inner } of bodiesOf(step))
      yield* allSteps(inner, numbered ? `${path}/` : `${path}/${name}/`);
  }
}
