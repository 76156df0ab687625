import type { BodyNode, Location, StepKind, StepOf } from '../../model/index.ts';
import type { Doc } from '../../model/text/doc.ts';
import type { LambdaContext } from './lambda.ts';
import type { Scope } from './scope.ts';

/** What printing the steps of a flow needs. */
export interface FlowContext extends LambdaContext {
  /** Prints a body as a function that the host calls with a host of its own and, for some kinds, more. */
  readonly part: (body: BodyNode, scope: Scope, parameters?: readonly string[], hostType?: string) => Doc;
  /** The name of the type Host in this module. */
  readonly hostType: string;
  /** The name of an event's contract in this module. */
  readonly event: (name: string, location: Location) => string;
  /** The code that reads the form of an `approve`. */
  readonly form: (step: StepOf<'approve'>) => string;
  /** Notes that the flow waits for an event, and on which fields. */
  readonly waits: (event: string, fields: readonly string[]) => void;
  /** Says that this compiler cannot print the step. */
  readonly unsupported: (what: string, location: Location) => void;
}

/** A step as code. */
export interface PrintedStep {
  /** The call of the host, without `await`. */
  readonly expression: Doc;
  /** Can it be the value of a body? */
  readonly hasValue: boolean;
  /** Statements that follow it and may read its value. */
  readonly after?: (scope: Scope) => readonly Doc[];
}

/** Prints one kind of step. */
export type StepPrinter<K extends StepKind> = (step: StepOf<K>, scope: Scope, context: FlowContext) => PrintedStep;
