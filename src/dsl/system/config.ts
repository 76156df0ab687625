import type { CustomRule, Extension } from '../../model/index.ts';
import type { ModelSettings } from './model-settings.ts';
import type { RuntimeSettings } from './runtime-settings.ts';

/** The addresses of a server of Restate. */
export interface RestateSettings {
  /** That takes calls. Default: `http://127.0.0.1:8080`. */
  readonly ingress?: string;
  /** That is asked about runs. Default: `http://127.0.0.1:9070`. */
  readonly admin?: string;
}

/** What `dsl.config.ts` says. Every path is relative to its folder. */
export interface Config {
  /** Where the systems are. Default: `['**\/*.dsl.ts']`. */
  readonly globs?: readonly string[];
  /** Where generated code goes. Default: `generated`. */
  readonly out?: string;
  /** The database file of `dsl run`, `dsl send` and the rest. */
  readonly db?: string;
  /**
   * Who runs the systems: the embedded engine on a database file, or Restate. Default: `embedded`. Commands take
   * `--engine`, which goes before it.
   */
  readonly engine?: 'embedded' | 'restate';
  /** Where the server of Restate is. Default: its own ports on this machine. */
  readonly restate?: RestateSettings;
  /**
   * Where declared resources are, by name: a SQLite file, which tasks and evidence read, or an address that goes before
   * the declared `baseUrl`.
   */
  readonly resources?: Readonly<Record<string, { readonly file: string } | { readonly baseUrl: string }>>;
  /** How commands that drive the database set up the runtime. Its options, as far as they are data. */
  readonly runtime?: RuntimeSettings;
  /** Who answers for models, and what they may cost: data, or a JSON or YAML file that has it. */
  readonly models?: ModelSettings | string;
  /** A folder of templates that replace the built-in ones. */
  readonly templates?: string;
  /** How many warnings `dsl check` bears before it fails. */
  readonly maxWarnings?: number;
  /** Rules turned off or made stricter, by code: `{ MR1212: 'off' }`. */
  readonly rules?: Readonly<Record<`MR${number}` | `${string}/${string}`, 'off' | 'info' | 'warning' | 'error'>>;
  /** Rules of your own, made with `defineRule` of `millrace/rules`. */
  readonly customRules?: readonly CustomRule[];
  /** Data of your own in `metadata`, made with `defineExtension` of `millrace/rules`. */
  readonly extensions?: readonly Extension[];
}

/**
 * Types the settings of a project: the default export of `dsl.config.ts`.
 *
 * @example
 * ```ts
 * import { defineConfig } from 'millrace';
 *
 * export default defineConfig({ globs: ['systems/*.dsl.ts'], out: 'generated', db: 'millrace.db' });
 * ```
 */
export function defineConfig(config: Config): Config {
  return config;
}
