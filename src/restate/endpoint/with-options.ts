import { createHash } from 'node:crypto';
import type { ServiceOptions } from '@restatedev/restate-sdk';
import { canonicalJson, type Json } from '../../core/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { journalFormat } from '../host/journal-format.ts';
import type { AnyService } from './serve.ts';

/** Under which name the metadata of a service say what it is of: by this a server's knowledge is compared with what is served. */
export const mark = 'millrace';

// The types of a definition show neither.
interface Inside {
  readonly options?: ServiceOptions;
  readonly service?: object;
  readonly object?: object;
}

/**
 * The same services, with options for what they say nothing of themselves, and marked with what they are of: the system, its
 * version, a hash that is another one when anything is that the server has been told, and the format of their journals.
 */
export function withOptions(
  { name, version, hash }: Pick<BoundSystem, 'name' | 'version' | 'hash'>,
  services: readonly AnyService[],
  optionsFor: (service: string) => ServiceOptions,
  format = journalFormat,
): readonly AnyService[] {
  const complete = services.map((service) => {
    const own = (service as object as Inside).options ?? {};
    const other = optionsFor(service.name);
    return { service, options: { ...other, ...own, retryPolicy: { ...other.retryPolicy, ...own.retryPolicy } } };
  });
  const told = complete.map(({ service, options }) => [service.name, handlersOf(service), JSON.stringify(options)]);
  const all = createHash('sha256').update(canonicalJson([hash, told] as unknown as Json));
  const metadata = { [mark]: `${name} ${version} ${all.digest('hex').slice(0, 16)} j${format}` };
  return complete.map(({ service, options }) => Object.assign({ ...service }, { options, metadata }));
}

/** What services are of, as they are marked. */
export function markOf(services: readonly AnyService[]): string | undefined {
  const { metadata } = (services[0] ?? {}) as { readonly metadata?: Readonly<Record<string, string>> };
  return metadata?.[mark];
}

/** The format of journals that a mark says; undefined for a mark without. */
export const formatOf = (marked: string | undefined): string | undefined => / j(\d+)$/.exec(marked ?? '')?.[1];

const handlersOf = (service: AnyService): string[] => {
  const { service: plain, object } = service as object as Inside;
  return Object.keys(plain ?? object ?? {}).sort();
};
