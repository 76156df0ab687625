import { nearest } from '../core/nearest.ts';
import { refusal } from './refusal.ts';

/** What the plugin of every bundler takes. Most projects need none: `dsl.config.ts` says it all. */
export interface PluginOptions {
  /** The folder at or above which `dsl.config.ts` stands. Default: the root of Vite, else the working directory. */
  readonly root?: string;
  /** The systems instead of those that `dsl.config.ts` names, from `root`. */
  readonly globs?: readonly string[];
  /** The folder that gets a folder per system, from `root`, instead of that of `dsl.config.ts`. */
  readonly out?: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const shape: Readonly<Record<keyof PluginOptions, readonly [is: (value: unknown) => boolean, what: string]>> = {
  root: [isText, 'a folder'],
  globs: [(value) => Array.isArray(value) && value.length > 0 && value.every(isText), 'a list of globs'],
  out: [isText, 'a folder'],
};

/** Refuses what is no option: bundlers are configured without types, too. */
export function checkOptions(options: unknown): PluginOptions {
  const refuse = (message: string): never => {
    throw refusal('MR5100', `The plugin of Millrace: ${message}`);
  };
  if (options === undefined) return {};
  if (options === null || typeof options !== 'object' || Array.isArray(options)) refuse('its options are no object.');
  for (const [name, value] of Object.entries(options as object)) {
    const rule = Object.hasOwn(shape, name) ? shape[name as keyof PluginOptions] : undefined;
    if (rule === undefined) {
      const like = nearest(name, Object.keys(shape));
      const known = `It takes ${Object.keys(shape).join(', ')}.`;
      refuse(`there is no option '${name}'. ${like === undefined ? '' : `Did you mean '${like}'? `}${known}`);
    } else if (value !== undefined && !rule[0](value)) refuse(`'${name}' should be ${rule[1]}.`);
  }
  return options as PluginOptions;
}
