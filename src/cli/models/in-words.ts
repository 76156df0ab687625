import type { ProjectProvider } from './providers.ts';

/** How a provider stands, in a few words. */
export function inWords({ readiness, address, keyFrom }: ProjectProvider): string {
  if (!readiness.ready) return `cannot be asked: ${readiness.reason}`;
  const key = keyFrom === undefined ? 'without a key' : `with the key in ${keyFrom}`;
  return address === undefined ? `can be asked ${key}` : `can be asked at ${address} ${key}`;
}

/** The same for a program. A key is never in it. */
export function asData({ name, readiness, from, address, keyFrom, set }: ProjectProvider) {
  return {
    name,
    ready: readiness.ready,
    ...(readiness.ready ? {} : { reason: readiness.reason }),
    ...(set === undefined ? {} : { set }),
    ...(address === undefined ? {} : { address }),
    ...(keyFrom === undefined ? {} : { keyFrom }),
    from,
  };
}
