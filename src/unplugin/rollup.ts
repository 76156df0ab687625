/**
 * The plugin for Rollup.
 *
 * @module
 */
import type { Plugin } from 'rollup';
import type { PluginOptions } from './options.ts';
import { unplugin } from './plugin.ts';

/**
 * Compiles the systems of a project when Rollup builds. What is wrong in one fails the build.
 *
 * @throws MillraceError MR5100 for an option that there is not, MR5104 when the plugin is there twice.
 * @example
 * ```ts
 * import { millrace } from 'millrace/rollup';
 *
 * export default { input: 'src/main.ts', plugins: [millrace()], output: { file: 'dist/main.js' } };
 * ```
 */
export const millrace: (options?: PluginOptions) => Plugin = unplugin.rollup;
export type { PluginOptions };
// Configs of bundlers mostly import a plugin by default.
export { millrace as default };
