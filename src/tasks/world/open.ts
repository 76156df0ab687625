import type { TaskNeeds } from '../../flow/index.ts';
import type { AttemptIds } from '../errors.ts';
import { allowsHost, hostOf, hostProblem } from './allow.ts';
import type { WorldEdge } from './edge.ts';
import { undeclared, WorldError } from './errors.ts';
import { guardedFetch } from './fetch.ts';
import { openFiles } from './open-files.ts';
import { baseOf, openResource } from './open-resource.ts';
import type { TaskWorld, WorldAttempt } from './world.ts';

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
