import type {
  CompareSchemas,
  Diagnostic,
  Extension,
  Finding,
  IssueContext,
  Severity,
  SystemModel,
} from '../model/index.ts';

export type { Finding, IssueContext } from '../model/index.ts';

/** One problem in a system, with the rule that found it. */
export interface Issue extends Diagnostic {
  readonly rule: string;
  readonly path: string;
  readonly context?: IssueContext;
}

/** How a model stands in the catalogue: it has a price, it has none, or it is not there. */
export interface KnownPrices {
  (id: string): 'priced' | 'unpriced' | undefined;
  /** All that are there, for suggestions. */
  readonly ids?: readonly string[];
}

/** What the rules may know about the world outside the model. */
export interface RuleWorld {
  /** Is there an implementation of this task? Absent: not known. */
  readonly implemented?: (taskName: string) => boolean;
  /** Is a model in the catalogue, and has it a price? Absent: no catalogue is known. */
  readonly models?: KnownPrices;
  /** Could a part of the source not be read? Then what seems to be unused may be used there. */
  readonly partial?: boolean;
  /** The extensions that are registered. Absent: not known, and nothing is said of keys that look like one. */
  readonly extensions?: readonly Extension[];
  /** The last version that was kept, up to the present one, and how schemas are compared. Absent: none, or not known. */
  readonly kept?: {
    readonly model: SystemModel;
    /** What messages call it: `snapshots/1.0.0.json`. */
    readonly file: string;
    readonly compareSchemas?: CompareSchemas;
  };
}

/** One check: one code, one page of documentation. */
export interface Rule {
  readonly code: string;
  /** In kebab case. */
  readonly name: string;
  readonly severity: Severity;
  /** May this error be switched off: some findings are only warnings, or it is judged by what may be said elsewhere. */
  readonly alsoWarns?: boolean;
  /** Reports what it finds; never throws. */
  check(model: SystemModel, report: (finding: Finding) => void, world: RuleWorld): void;
}
