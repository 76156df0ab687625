/**
 * The language server: what an editor shows of systems while they are written. It speaks the Language Server Protocol, so it
 * serves any editor; `dsl lsp` starts it on stdio.
 *
 * @module
 */
export { serve } from './serve.ts';
