import type { RestateClient, RestateReader } from '../../restate/index.ts';
import { nearest, type MillraceError } from '../../core/index.ts';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from '../kit/io.ts';
import type { OpenedSystem } from './bound.ts';
import type { RestateAddresses } from './restate.ts';

/** A client of the system on Restate. */
export async function openClient(
  io: Io,
  { system }: Pick<OpenedSystem, 'system'>,
  addresses: RestateAddresses,
): Promise<RestateClient> {
  const { RestateClient: Client } = await import('../../restate/index.ts');
  return new Client(system, { ...addresses, onUnreachable: tellOnce(io) });
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
  const reader = new Reader(only, { ...addresses, onUnreachable: tellOnce(io) });
  try {
    return await read(reader, where);
  } finally {
    await reader.close();
  }
}

function tellOnce(io: Io): (failure: MillraceError) => void {
  let told = false;
  return ({ message }) => {
    if (!told) io.note(`${message} It is tried again.`);
    told = true;
  };
}
