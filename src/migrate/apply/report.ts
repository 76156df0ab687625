import type { Diagnostic } from '../../model/index.ts';
import type { DatabaseReport } from '../database/report.ts';

/** What a migration did, or, with `dryRun`, would do: the document of `dsl migrate --json`. */
export interface MigrationReport {
  readonly ok: boolean;
  readonly system: string;
  readonly from: string;
  readonly to: string;
  readonly dryRun: boolean;
  readonly steps: readonly {
    readonly from: string;
    readonly to: string;
    readonly file: string;
    readonly description?: string;
    /** The tasks that get other names: their code is in a file called after them. */
    readonly tasks?: Readonly<Record<string, string>>;
  }[];
  /** The files that change, relative to the working directory, and how. */
  readonly source: { readonly files: readonly string[]; readonly diff: string };
  /** The snapshot that was written, relative to the working directory. */
  readonly snapshot: string | null;
  readonly database: ({ readonly file: string } & DatabaseReport) | null;
  /** Where what was there before is kept, relative to the working directory. */
  readonly backup: string | null;
  readonly diagnostics: readonly Diagnostic[];
}
