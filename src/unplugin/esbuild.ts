/**
 * The plugin for esbuild.
 *
 * @module
 */
import type { Plugin } from 'esbuild';
import type { PluginOptions } from './options.ts';
import { unplugin } from './plugin.ts';

/**
 * Compiles the systems of a project when esbuild builds. What is wrong in one fails the build.
 *
 * @throws MillraceError MR5100 for an option that there is not, MR5104 when the plugin is there twice.
 * @example
 * ```ts
 * import { build } from 'esbuild';
 * import { millrace } from 'millrace/esbuild';
 *
 * await build({ entryPoints: ['src/main.ts'], bundle: true, outdir: 'dist', plugins: [millrace()] });
 * ```
 */
export const millrace: (options?: PluginOptions) => Plugin = unplugin.esbuild;
export type { PluginOptions };
// Configs of bundlers mostly import a plugin by default.
export { millrace as default };
