import type { Fix, Severity } from './diagnostic.ts';
import type { Location } from './nodes/location.ts';
import type { SystemModel } from './nodes/system.ts';

/** What a rule has to say about one place. */
export interface Finding {
  /** What is wrong, naming the ids that are. */
  readonly message: string;
  /** The path of the node in the model, such as `flows.fulfilOrder.body.prepared/stock`. */
  readonly path: string;
  /** Of the node: every node of the model has one. */
  readonly location: Location;
  /** When it is not that of the rule. */
  readonly severity?: Severity;
  /** What to do about it. */
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly location: Location }[];
  readonly fix?: Fix;
  readonly context?: IssueContext;
}

/** The facts of an issue, for programs. */
export interface IssueContext {
  readonly actual?: string;
  readonly expected?: string;
  readonly suggestion?: string;
  /** The ids that take part. */
  readonly ids?: readonly string[];
}

/** A rule of the user's own: made with `defineRule` of `millrace/rules`, named in `dsl.config.ts`. */
export interface CustomRule {
  /** With a prefix of its own, such as `shop/no-x`. */
  readonly code: `${string}/${string}`;
  readonly name: string;
  readonly severity: Severity;
  check(model: SystemModel, report: (finding: Finding) => void): void;
}
