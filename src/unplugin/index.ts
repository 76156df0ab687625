/**
 * A plugin for bundlers: it compiles systems when something is built or served, so nobody runs `dsl compile` by hand.
 * Each bundler has its own entry: `millrace/vite`, `/rollup`, `/esbuild`, `/webpack`, `/rspack`.
 *
 * @module
 */
export type { PluginOptions } from './options.ts';
