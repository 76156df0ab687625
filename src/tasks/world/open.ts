import type { DeclaredResource, TaskNeeds } from '../../flow/index.ts';
import { AttemptOverError, type AttemptIds } from '../errors.ts';
import { absolute, allowsBelow, allowsHost, allowsPath, hostOf, hostProblem } from './allow.ts';
import type { WorldEdge } from './edge.ts';
import { undeclared, WorldError } from './errors.ts';
import { guardedFetch } from './fetch.ts';
import type { TaskFiles, TaskResource, TaskWorld, WorldAttempt } from './world.ts';

/**
 * The world of one attempt: what the task declares in `needs` reaches the edge, everything else is refused with MR3150,
 * which says what to write.
 */
export function openWorld(attempt: WorldAttempt, edge: WorldEdge): TaskWorld {
  const { contract, ids } = attempt;
  const needs = contract.needs ?? {};
  checkHosts(needs, ids);
  const origins = (needs.resources ?? []).flatMap(({ name, type, options = {} }) =>
    type === 'http' ? [edge.resource(name)?.baseUrl, options['baseUrl']] : [],
  );
  const mayAsk = (url: URL): boolean =>
    needs.net?.some((entry) => allowsHost(entry, url)) === true ||
    origins.some((address) => baseOf(address)?.origin === url.origin);
  const check = (url: URL): void => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new WorldError('MR3153', `asked for '${url.href}': only http and https addresses are asked.`, ids);
    if (!mayAsk(url)) throw undeclared(`asked the host '${hostOf(url)}'`, `net: ['${hostOf(url)}']`, ids);
  };
  return Object.freeze({
    fetch: guardedFetch({ ids, fetch: (request) => edge.fetch(request), check, signal: attempt.signal }),
    fs: openFiles(needs, edge, attempt),
    env: (name) => {
      if (needs.env?.includes(name) !== true)
        throw undeclared(`asked for the environment variable '${name}'`, `env: ['${name}']`, ids);
      return edge.env(name);
    },
    resource: (name) => {
      const declared = needs.resources?.find((one) => one.name === name);
      if (declared === undefined) throw undeclared(`asked for the resource '${name}'`, `resources: [${name}]`, ids);
      return openResource(declared, attempt, edge, mayAsk);
    },
  } satisfies TaskWorld);
}

function checkHosts({ net = [] }: TaskNeeds, ids: AttemptIds): void {
  for (const entry of net) {
    const problem = hostProblem(entry);
    if (problem !== undefined)
      throw new WorldError('MR3151', `declares needs: { net: ['${entry}'] }, but ${problem}.`, ids);
  }
}

function openFiles(needs: TaskNeeds, { files }: WorldEdge, { ids, over }: WorldAttempt): TaskFiles {
  const patterns = needs.fs ?? [];
  const decoder = new TextDecoder();
  const allowed = async (path: string, may: (pattern: string, path: string) => boolean): Promise<string> => {
    if (over()) throw new AttemptOverError(`asked for the path '${path}'`, ids);
    const root = await files.root();
    const fits = (asked: string): boolean => patterns.some((pattern) => may(absolute(root, pattern), asked));
    const asked = absolute(root, path);
    if (path.includes('\0')) throw new WorldError('MR3153', 'asked for a path with a NUL in it.', ids);
    const shown = asked.startsWith(`${root}/`) ? asked.slice(root.length + 1) : asked;
    if (!fits(asked)) throw undeclared(`asked for the path '${path}'`, `fs: ['${shown}']`, ids);
    // A link may lead out of what is declared.
    const real = await files.real(asked);
    if (real !== asked && !fits(real))
      throw undeclared(
        `asked for the path '${path}', which is '${real}'`,
        `fs: ['${real}']`,
        ids,
        'and that it does not declare',
      );
    return real;
  };
  const read = async (path: string): Promise<Uint8Array> => {
    const bytes = await files.read(await allowed(path, allowsPath));
    if (bytes === undefined) throw new WorldError('MR3155', `reads '${path}', and there is no such file.`, ids);
    return bytes;
  };
  return Object.freeze({
    readText: async (path) => decoder.decode(await read(path)),
    readBytes: read,
    write: async (path, content) =>
      files.write(
        await allowed(path, allowsPath),
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      ),
    exists: async (path) => files.isFile(await allowed(path, allowsPath)),
    list: async (path) => {
      const folder = await allowed(path, (pattern, asked) => allowsBelow(pattern, asked));
      const root = await files.root();
      const fits = (may: (pattern: string, path: string) => boolean) => (at: string) =>
        patterns.some((pattern) => may(absolute(root, pattern), at));
      const found = (await files.below(folder, fits(allowsBelow))).filter(fits(allowsPath));
      return found.map((file) => (file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file)).sort();
    },
    remove: async (path) => files.remove(await allowed(path, allowsPath)),
  } satisfies TaskFiles);
}

function openResource(
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

/** With a slash at its end, so that paths come below it. */
function baseOf(text: unknown): URL | undefined {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (url === null) return undefined;
  url.search = url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
