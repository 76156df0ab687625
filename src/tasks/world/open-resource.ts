import type { DeclaredResource } from '../../flow/index.ts';
import { hostOf } from './allow.ts';
import type { WorldEdge } from './edge.ts';
import { undeclared, WorldError } from './errors.ts';
import { guardedFetch } from './fetch.ts';
import type { TaskResource, WorldAttempt } from './world.ts';

/** A declared resource. */
export function openResource(
  declared: DeclaredResource,
  { ids, signal }: WorldAttempt,
  edge: WorldEdge,
  mayAsk: (url: URL) => boolean,
): TaskResource {
  const { name, type, options = {} } = declared;
  const known = edge.resource(name);
  const cannot = (what: string): WorldError => new WorldError('MR3153', `${what} of the resource '${name}'`, ids);
  return Object.freeze({
    name,
    type,
    options,
    env: (variable) => {
      if (declared.env?.includes(variable) !== true)
        throw new WorldError(
          'MR3150',
          `asked for '${variable}' of the resource '${name}', which that does not declare. Write env: ['${variable}'] in its declaration.`,
          ids,
        );
      return known?.env === undefined ? edge.env(variable) : known.env(variable);
    },
    fetch: async (path, init) => {
      if (type !== 'http') throw cannot(`asked for '${path}', but only those of kind 'http' can be asked:`);
      const base = baseOf(known?.baseUrl ?? options['baseUrl']);
      if (base === undefined)
        throw new WorldError(
          'MR3153',
          `asked the resource '${name}', which has no address. Write options: { baseUrl: 'https://…' } in its declaration, or give the runtime resources: { ${name}: { baseUrl } }.`,
          ids,
        );
      const below = (url: URL): boolean => url.origin === base.origin && url.pathname.startsWith(base.pathname);
      const url = URL.parse(path.replace(/^\/+/, './'), base);
      if (url === null || !below(url))
        throw new WorldError(
          'MR3150',
          `asked for '${path}', which is not below ${base.href}. Give a path below the address of the resource '${name}', or declare the host in needs: { net: […] } and use fetch.`,
          ids,
        );
      const check = (to: URL): void => {
        if (!below(to) && !mayAsk(to))
          throw undeclared(
            `was led to '${to.href}', which is not below the address of the resource '${name}'`,
            `net: ['${hostOf(to)}']`,
            ids,
            'and which it does not declare',
          );
      };
      const ask = known?.fetch ?? ((request: Request) => edge.fetch(request));
      return guardedFetch({ ids, fetch: ask, check, signal })(url, init);
    },
    rows: async (sql, parameters = []) => {
      if (type !== 'database') throw cannot(`asked for rows, but only those of kind 'database' have them:`);
      if (known?.rows === undefined)
        throw new WorldError(
          'MR3153',
          `asked for rows of the resource '${name}', and this process does not know where they are. Name its file in dsl.config.ts, or give the runtime resources: { ${name}: { file: '${name}.db' } }.`,
          ids,
        );
      return known.rows(sql, parameters);
    },
  } satisfies TaskResource);
}

/** An address with a slash at its end, so that paths come below it. */
export function baseOf(text: unknown): URL | undefined {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (url === null) return undefined;
  url.search = url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
