/**
 * The plugin for Vite.
 *
 * @module
 */
import type { Plugin } from 'vite';
import type { PluginOptions } from './options.ts';
import { unplugin } from './plugin.ts';

/**
 * Compiles the systems of a project when Vite builds or serves. In a dev server an edit of a
 * `.dsl.ts` is compiled and loaded hot; what is wrong with it is shown over the page, which goes on as it was.
 *
 * @throws MillraceError MR5100 for an option that there is not, MR5104 when the plugin is there twice.
 * @example
 * ```ts
 * import { millrace } from 'millrace/vite';
 * import { defineConfig } from 'vite';
 *
 * export default defineConfig({ plugins: [millrace()] });
 * ```
 */
export const millrace: (options?: PluginOptions) => Plugin = unplugin.vite;
export type { PluginOptions };
// Configs of bundlers mostly import a plugin by default.
export { millrace as default };
