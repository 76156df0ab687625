/**
 * The plugin for Rspack.
 *
 * @module
 */
import type { RspackPluginInstance } from '@rspack/core';
import type { PluginOptions } from './options.ts';
import { unplugin } from './plugin.ts';

/**
 * Compiles the systems of a project when Rspack builds. What is wrong in one fails the build.
 *
 * @throws MillraceError MR5100 for an option that there is not, MR5104 when the plugin is there twice.
 * @example
 * ```ts
 * import { millrace } from 'millrace/rspack';
 *
 * export default { entry: './src/main.ts', plugins: [millrace()] };
 * ```
 */
export const millrace: (options?: PluginOptions) => RspackPluginInstance = unplugin.rspack;
export type { PluginOptions };
// Configs of bundlers mostly import a plugin by default.
export { millrace as default };
