import type { RestateClient, RestateReader } from '../../restate/index.ts';
import { nearest, type MillraceError } from '../../core/index.ts';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from '../kit/io.ts';
import { whileWaiting } from '../kit/while-waiting.ts';
import type { OpenedSystem } from './bound.ts';
import type { RestateAddresses } from './restate.ts';

/** A client of the system on Restate. */
export async function openClient(
  io: Io,
  { system }: Pick<OpenedSystem, 'system'>,
  addresses: RestateAddresses,
): Promise<RestateClient> {
  const { RestateClient: Client } = await import('../../restate/index.ts');
  return new Client(system, { ...addresses, onUnreachable: tellAway(io) });
}

/** Reads the system of this name on Restate, or the only one there is. */
export async function readRestate<T>(
  io: Io,
  addresses: RestateAddresses,
  system: string | undefined,
  read: (reader: RestateReader, where: string) => Promise<T>,
): Promise<T> {
  const { RestateReader: Reader, systemsOn } = await import('../../restate/index.ts');
  const all = await systemsOn(addresses.admin);
  const [only] = system === undefined ? all : all.filter(({ name }) => name === system);
  const names = all.map(({ name }) => name);
  const where = `the server of Restate at ${addresses.admin}`;
  if (only === undefined) {
    const like = system === undefined ? undefined : nearest(system, names);
    throw new CliError(
      'MR5282',
      system === undefined
        ? `No system is registered with ${where}.`
        : `There is no system '${system}' on ${where}.${names.length === 0 ? '' : ` It has ${names.join(', ')}.`}`,
      { hint: like === undefined ? '`dsl serve FILE --engine restate` serves one.' : `Did you mean ${like}?` },
    );
  }
  if (system === undefined && all.length > 1) {
    throw new CliError('MR5282', `There are several systems on ${where}: ${names.join(', ')}.`, {
      hint: `Name one: --system ${only.name}.`,
    });
  }
  const reader = new Reader(only, { ...addresses, onUnreachable: tellAway(io) });
  try {
    return await read(reader, where);
  } finally {
    await reader.close();
  }
}

/** After how long it is said again that the server is away, in ms. After as long without a failure it was back. */
const again = 5000;

/** Says at once that the server is away, and what to do, then every few seconds that it still is. */
function tellAway(io: Io): (failure: MillraceError) => void {
  let begun = -Infinity;
  let told = -Infinity;
  let last = -Infinity;
  return ({ message }) => {
    const now = performance.now();
    if (now - last > again) begun = told = -Infinity;
    last = now;
    if (now - told < again) return;
    if (begun === -Infinity) {
      begun = now;
      io.note(
        `${message} It is tried again for a while; Ctrl-C gives up. \`dsl serve FILE --engine restate --server\` starts one.`,
      );
    } else io.note(`Still tries again (${Math.round((now - begun) / 1000)} s).`);
    told = now;
  };
}

/** Waits for an answer of the system, and says so when it does not come. `what` ends "Waits". */
export function tellHeldUp<T>(
  io: Io,
  { file, system }: Pick<OpenedSystem, 'file' | 'system'>,
  client: RestateReader,
  work: Promise<T>,
  { run, what, left }: { readonly run?: string | undefined; readonly what: string; readonly left: string },
): Promise<T> {
  return whileWaiting(io, work, async () => {
    const why = await client.heldUp(run);
    if (why === undefined) return `Waits ${what}.`;
    return `Waits ${what}: ${why.replace(/\.$/, '')}. ${startEndpoint(file, system.name, why)} Ctrl-C ends the wait: ${left}`;
  });
}

/** What to do about an endpoint that Restate cannot go on with. */
export function startEndpoint(file: string, system: string, message: string): string {
  const at = /'(https?:\/\/[^']+?)\/?'/.exec(message)?.[1];
  return `Start the endpoint of ${system}${at === undefined ? '' : ` at ${at}`} again: \`dsl serve ${file} --engine restate\`; Restate tries again by itself.`;
}
