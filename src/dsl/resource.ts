import type { Metadata } from '../model/index.ts';
import type { Common } from './common.ts';

/** Something outside: an API, a webhook, a database. */
export interface Resource<Name extends string = string> extends Common {
  readonly kind: 'resource';
  readonly name: Name;
  readonly type: 'http' | 'webhook' | 'database' | 'custom';
  readonly env?: readonly string[];
  readonly options?: Metadata;
}

/**
 * Names something outside once. Secrets are named by environment variable, never written down.
 *
 * @example
 * ```ts
 * import { resource } from 'millrace';
 *
 * export const shop = resource('shop', { kind: 'http', env: ['SHOP_TOKEN'], options: { baseUrl: 'https://shop.test' } });
 * ```
 */
export function resource<const Name extends string>(
  name: Name,
  definition: {
    readonly kind: Resource['type'];
    /** The names of the environment variables that hold its secrets. */
    readonly env?: readonly string[];
    readonly options?: Metadata;
  } & Common,
): Resource<Name> {
  const { kind: type, ...rest } = definition;
  return Object.freeze({ kind: 'resource', name, type, ...rest });
}
