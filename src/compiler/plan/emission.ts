import { hashSystem } from '../../model/hash/hash.ts';
import type { Diagnostic, Location, SystemModel } from '../../model/index.ts';
import { diagnose, type Problem } from '../diagnostics.ts';
import type { Layout } from './layout.ts';

/** One run of the compiler over one system: what every printer reads, and where it reports. */
export interface Emission {
  readonly model: SystemModel;
  readonly layout: Layout;
  /** The hash of the model. */
  readonly hash: string;
  /** Has the user written a task that a model would perform? */
  readonly implemented: (task: string) => boolean;
  /** Reports a problem at a place of the source. */
  readonly report: (problem: Problem, location: Location) => void;
  /** Reports that the language has something that this compiler does not print. */
  readonly unsupported: (what: string, location: Location) => void;
}

/** Starts a run whose problems go to `diagnostics`. */
export function createEmission(
  model: SystemModel,
  layout: Layout,
  diagnostics: Diagnostic[],
  implemented: (task: string) => boolean = () => false,
): Emission {
  const seen = new Set<string>();
  const report = (problem: Problem, location: Location): void => {
    // A contract is looked for where it is imported and where it is used.
    const key = `${problem.code} ${problem.message} ${location.file}:${location.line}:${location.column}`;
    if (seen.has(key)) return;
    seen.add(key);
    diagnostics.push(diagnose(problem, location, layout.sourceFile(location.file)));
  };
  return {
    model,
    layout,
    hash: hashSystem(model),
    implemented,
    report,
    unsupported: (what, location) =>
      report(
        {
          code: 'MR1650',
          message: `The compiler does not print ${what} yet.`,
          hint: 'Leave it out, or say it with the steps and options that docs/errors/MR1650.md lists.',
        },
        location,
      ),
  };
}
