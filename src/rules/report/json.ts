import type { Reporter } from './reporter.ts';

/** For programs: one JSON document, `{"errors", "warnings", "diagnostics": [...]}`. */
export const json: Reporter = (diagnostics) => {
  const count = (wanted: string): number => diagnostics.filter(({ severity }) => severity === wanted).length;
  return JSON.stringify({ errors: count('error'), warnings: count('warning'), diagnostics });
};
