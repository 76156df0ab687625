import { RestateError } from '../errors.ts';
import { askAdmin, said, whenHealthy } from '../server/admin.ts';

/** How an endpoint is made known. */
export interface RegisterOptions {
  /** The admin API of the server. Default: `http://127.0.0.1:9070`. */
  readonly admin?: string;
  /** Where the server reaches the endpoint. */
  readonly uri: string;
  /** Takes the place of what was registered under the same address, whatever runs there. */
  readonly force?: boolean;
  /** How long the server may take until it is healthy, in ms. Default: 30 s. */
  readonly patienceMs?: number;
  readonly note?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** An endpoint that a server knows. */
export interface Registered {
  readonly id: string;
  /** Its services: new invocations of them come to it. */
  readonly services: readonly string[];
  /** Whether the server knew it, as it is, before. */
  readonly already: boolean;
  /** The version of the server. */
  readonly server: string;
}

/**
 * Makes an endpoint known to a server, which waits until the server is healthy. New invocations of its services come to it
 * from now on; those that run stay where they began.
 *
 * @throws RestateError MR5210 when the server cannot be reached, MR5213 when it is the wrong one, MR5221 when another
 * version of the services is registered under the same address, MR5222 when the server does not take it.
 */
export async function registerDeployment(options: RegisterOptions): Promise<Registered> {
  const { admin = 'http://127.0.0.1:9070', uri, force = false } = options;
  const server = await whenHealthy(admin, options);
  const { status, body } = await askAdmin(admin, '/deployments', { method: 'POST', body: { uri, force } });
  if (status === 409) {
    throw new RestateError(
      'MR5221',
      `The server at ${admin} knows other services under ${uri}: ${said(body)} Serve the new version at another port, so that what runs stays with the old one; or, when nothing runs that must go on, register it with --force.`,
      { fault: 'input', details: { admin, uri } },
    );
  }
  if (status !== 200 && status !== 201) {
    throw new RestateError('MR5222', `The server at ${admin} does not take the endpoint ${uri}: ${said(body)}`, {
      details: { admin, uri, status },
    });
  }
  const { id, services } = body as { id: string; services: readonly { readonly name: string }[] };
  return { id, services: services.map(({ name }) => name), already: status === 200, server };
}
