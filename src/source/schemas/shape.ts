/** What a zod schema accepts, as far as its text tells. */
export type Shape =
  | { readonly kind: 'anything' }
  | { readonly kind: 'string' | 'boolean' | 'date' | 'nothing' }
  | { readonly kind: 'number'; readonly int: boolean }
  | { readonly kind: 'literals'; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly kind: 'array'; readonly item: Shape }
  | { readonly kind: 'record'; readonly value: Shape }
  | {
      readonly kind: 'object';
      readonly fields: Readonly<Record<string, Shape>>;
      /** Are unknown fields refused? */
      readonly strict: boolean;
    }
  | { readonly kind: 'union'; readonly options: readonly Shape[] }
  /** May be absent. */
  | { readonly kind: 'optional'; readonly inner: Shape }
  /** A shape with limits that must hold as well, by name: `min`, `max`, `regex`, …. */
  | { readonly kind: 'limited'; readonly inner: Shape; readonly limits: Readonly<Record<string, string>> }
  /** Something whose meaning the text does not tell; equal texts mean the same. */
  | { readonly kind: 'opaque'; readonly text: string };

export const opaque = (text: string): Shape => ({ kind: 'opaque', text });
