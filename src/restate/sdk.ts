/**
 * The SDK of Restate, an optional peer: whoever does not run on Restate does not install it. All of this room takes what it
 * uses of it from here, so that its absence is said in words; types come from the package itself.
 *
 * @module
 */
import type { RestatePromise as Awaitable, TerminalError as Terminal } from '@restatedev/restate-sdk';
import { RestateError } from './errors.ts';

const sdk = await import('@restatedev/restate-sdk').catch((thrown: unknown) => {
  const { code } = thrown as { code?: unknown };
  throw new RestateError(
    'MR5220',
    `The SDK of Restate ${code === 'ERR_MODULE_NOT_FOUND' ? 'is not installed' : 'cannot be loaded'}, and an engine on Restate needs it: npm install @restatedev/restate-sdk`,
    { cause: thrown },
  );
});

export const { createEndpointHandler, handlers, internal, object, serde, service } = sdk;
export const { CancelledError, RestatePromise, TerminalError } = sdk;
export type RestatePromise<T> = Awaitable<T>;
export type TerminalError = Terminal;
