/**
 * The data of your extensions in `metadata`, by their ids. Empty; add to it, and the editor knows what `metadata` takes:
 *
 * ```ts
 * declare module 'millrace' {
 *   interface Extensions {
 *     'shop/pricing': { readonly tier: 'free' | 'gold'; readonly cents: number };
 *   }
 * }
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface -- It is there to be added to.
export interface Extensions {}
