import type { Diagnostic, Fix, Location, Severity, SystemModel } from '../model/index.ts';

/** What a rule has to say about one place. */
export interface Finding {
  /** What is wrong, naming the ids that are. */
  readonly message: string;
  /** The path of the node in the model, such as `flows.fulfilOrder.body.prepared/stock`. */
  readonly path: string;
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

/** One problem in a system, with the rule that found it. */
export interface Issue extends Diagnostic {
  readonly rule: string;
  readonly path: string;
  readonly context?: IssueContext;
}

/** What the rules may know about the world outside the model. */
export interface RuleWorld {
  /** Is there an implementation of this task? Absent: not known. */
  readonly implemented?: (taskName: string) => boolean;
  /** Could a part of the source not be read? Then what seems to be unused may be used there. */
  readonly partial?: boolean;
}

/** One check: one code, one page of documentation. */
export interface Rule {
  readonly code: string;
  /** In kebab case. */
  readonly name: string;
  readonly severity: Severity;
  /** Are some findings of this error only warnings? Those may be switched off. */
  readonly alsoWarns?: boolean;
  /** Reports what it finds; never throws. */
  check(model: SystemModel, report: (finding: Finding) => void, world: RuleWorld): void;
}
