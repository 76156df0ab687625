import { github } from './github.ts';
import { json } from './json.ts';
import { pretty } from './pretty.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';

/** Every way to print diagnostics, by the name that `--format` takes. */
export const reporters = { pretty, json, sarif, github } as const satisfies Readonly<Record<string, Reporter>>;

/** A name that `--format` takes. */
export type ReportFormat = keyof typeof reporters;

export { github, json, pretty, sarif };
export type { Reporter, ReportOptions } from './reporter.ts';
export { codeFrame } from './excerpt.ts';
