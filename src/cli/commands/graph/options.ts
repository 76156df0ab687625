/** What `dsl graph` can print. */
export const formats = ['mermaid', 'json', 'svg', 'xstate', 'xstate-module', 'scxml'] as const;
export type GraphFormat = (typeof formats)[number];

/** The options of `dsl graph`. */
export interface GraphOptions {
  readonly machine?: string;
  readonly flow?: string;
  readonly format?: GraphFormat;
  readonly out?: string;
}
