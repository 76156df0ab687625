import { RestateError } from '../errors.ts';
import { askAdmin, said, whenHealthy, type Answer } from '../server/admin.ts';
import type { Endpoint } from './create.ts';
import { newestBeside, type NewestDeployment } from './newest.ts';
import { formatOf, mark, markOf } from './with-options.ts';

/** How an endpoint is made known. */
export interface RegisterOptions {
  /** The admin API of the server. Default: `http://127.0.0.1:9070`. */
  readonly admin?: string;
  /** Where the server reaches the endpoint. */
  readonly uri: string;
  /** What is served there: a server that knows something else under this address is found out. */
  readonly endpoint?: Pick<Endpoint, 'services'> & Partial<Pick<Endpoint, 'announce'>>;
  /**
   * Takes the place of what was registered under the same address, whatever runs there; and new invocations come to it, also
   * when they went to a later deployment.
   */
  readonly force?: boolean;
  /** How long the server may take until it is healthy, in ms. Default: 30 s. */
  readonly patienceMs?: number;
  readonly note?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** An endpoint that a server knows. */
export interface Registered {
  readonly id: string;
  /** Its services: new invocations of them come to it, unless there is a newer one. */
  readonly services: readonly string[];
  /** Whether the server knew it, as it is, before. */
  readonly already: boolean;
  /** Where new invocations go instead, when this is an older one that came back. */
  readonly newest?: NewestDeployment;
  /** The version of the server. */
  readonly server: string;
}

/** How often it is said that something takes long, in ms. */
const every = 2000;

interface Told {
  readonly id: string;
  readonly services: readonly { readonly name: string; readonly metadata?: Readonly<Record<string, string>> }[];
}

/**
 * Makes an endpoint known to a server, which it waits for to be healthy. New invocations of its services come to it from
 * now on; those that run stay where they began. One that the server knew already stays as old as it is, unless it is forced;
 * when the newest one does not listen, nothing is announced, since nobody would hear it.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5213 when it is the wrong one, MR5221 when other
 * services are registered under the same address, MR5222 when the server does not take it.
 */
export async function registerDeployment(options: RegisterOptions): Promise<Registered> {
  const registered = await register(options);
  if (registered.newest?.listens !== false) await announced(options);
  return registered;
}

/** Nothing that is announced comes about without the newest deployment: it is said when that takes long. */
async function announced({ endpoint, note, signal }: RegisterOptions): Promise<void> {
  const begun = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - begun) / 1000);
    note?.(
      `Waits for the newest deployment to take what is announced: schedules, and what flows wait for (${seconds} s).`,
    );
  }, every);
  try {
    await endpoint?.announce?.(signal);
  } finally {
    clearInterval(timer);
  }
}

async function register(options: RegisterOptions): Promise<Registered> {
  const { admin = 'http://127.0.0.1:9070', uri, endpoint, force = false } = options;
  const server = await whenHealthy(admin, options);
  // What is known under an address is not looked at again by the server, unless it is forced to: it would go on with what
  // was served there before.
  const known = await tell(admin, uri, force && endpoint === undefined);
  const { id, services } = known.body as Told;
  const names = services.map(({ name }) => name);
  if (known.status === 201) return { id, services: names, already: false, server };
  const ours = markOf(endpoint?.services ?? []);
  const theirs = [...new Set(services.map(({ metadata }) => metadata?.[mark]))];
  if (ours === undefined || (theirs.length === 1 && theirs[0] === ours)) {
    const newest = await newestBeside(admin, id, options.signal);
    if (newest === undefined) return { id, services: names, already: true, server };
    if (!force) return { id, services: names, already: true, newest, server };
  }
  if (force) {
    const anew = (await tell(admin, uri, true)).body as Told;
    return { id: anew.id, services: anew.services.map(({ name }) => name), already: false, server };
  }
  const what = theirs.filter((one) => one !== undefined).map((one) => one.split(' ').slice(0, 2).join(' '));
  const [was, is] = [formatOf(theirs.find((one) => one !== undefined)), formatOf(ours)];
  const format =
    was === undefined || was === is
      ? ''
      : `, by a Millrace with another format of journals (${was}; this one has ${is}), by which runs in flight would be blocked`;
  throw new RestateError(
    'MR5221',
    `The server at ${admin} knows something else under ${uri}: ${what.length > 0 ? what.join(', ') : names.join(', ')}, as it was served there before${format}. Serve the new version at another port, so that what runs stays with the old one; or register it with force, when what runs may meet the new code.`,
    { fault: 'input', details: { admin, uri, known: names } },
  );
}

async function tell(admin: string, uri: string, force: boolean): Promise<Answer> {
  const answer = await askAdmin(admin, '/deployments', { method: 'POST', body: { uri, force } });
  if (answer.status === 200 || answer.status === 201) return answer;
  throw new RestateError('MR5222', `The server at ${admin} does not take the endpoint ${uri}: ${said(answer.body)}`, {
    details: { admin, uri, status: answer.status },
  });
}
