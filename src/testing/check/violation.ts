import type { Tables } from '../../store/index.ts';

/** Something in a database that cannot be, if the engine does what it promises. */
export interface Violation {
  readonly kind: 'violation';
  /** Which promise is broken: one of a few words, such as `journal` or `timer`. */
  readonly rule: 'file' | 'json' | 'run' | 'journal' | 'child' | 'timer' | 'wait' | 'event' | 'instance' | 'budget';
  /** Whose row it is: `run ID`, `instance MACHINE ID`, … */
  readonly at: string;
  readonly message: string;
}

/** What the checks look at, and where they say what they found. */
export interface Findings {
  readonly tables: Tables;
  readonly found: (rule: Violation['rule'], at: string, message: string) => void;
  /** The value of a JSON column; `undefined`, and a finding, when it cannot be read. */
  readonly json: (at: string, column: string, text: string | null) => unknown;
}

/** Collects findings. */
export function findingsOf(tables: Tables): Findings & { readonly violations: Violation[] } {
  const violations: Violation[] = [];
  const found: Findings['found'] = (rule, at, message) =>
    void violations.push(Object.freeze({ kind: 'violation', rule, at, message }));
  return {
    tables,
    violations,
    found,
    json: (at, column, text) => {
      if (text === null) return undefined;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return found('json', at, `'${column}' is not JSON: ${text.slice(0, 40)}`);
      }
    },
  };
}
