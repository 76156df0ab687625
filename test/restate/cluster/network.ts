import { spawnSync } from 'node:child_process';

/** A network namespace with a link of its own to this machine, which can be cut. */
export interface Network {
  /** The address of this machine, and that inside of it. */
  readonly outside: string;
  readonly inside: string;
  /** What a command has to begin with to run inside. */
  readonly enter: readonly string[];
  cut(): void;
  mend(): void;
  remove(): void;
}

/** Makes one, or says why that cannot be done here. */
export function makeNetwork(): Network | string {
  if (process.platform !== 'linux') return `network namespaces are of Linux, and this is ${process.platform}`;
  const name = `mr${process.pid}`;
  const [host, peer] = [`${name}a`, `${name}b`];
  // A net of its own for each process, of those that are for documentation and tests.
  const third = process.pid % 250;
  const [outside, inside] = [`198.18.${third}.1`, `198.18.${third}.2`];
  const enter = ['ip', 'netns', 'exec', name];
  const remove = (): void => {
    run('ip', 'netns', 'del', name);
    run('ip', 'link', 'del', host);
  };
  for (const command of [
    ['ip', 'netns', 'add', name],
    ['ip', 'link', 'add', host, 'type', 'veth', 'peer', 'name', peer, 'netns', name],
    ['ip', 'addr', 'add', `${outside}/30`, 'dev', host],
    ['ip', 'link', 'set', host, 'up'],
    [...enter, 'ip', 'addr', 'add', `${inside}/30`, 'dev', peer],
    [...enter, 'ip', 'link', 'set', peer, 'up'],
    [...enter, 'ip', 'link', 'set', 'lo', 'up'],
  ]) {
    const failure = run(...command);
    if (failure === undefined) continue;
    remove();
    return `\`${command.join(' ')}\` is not permitted here: ${failure}`;
  }
  // The end inside goes down: nothing is refused, everything is lost, as when a cable is pulled.
  const link = (way: 'up' | 'down'): void => {
    const failure = run(...enter, 'ip', 'link', 'set', peer, way);
    if (failure !== undefined) throw new Error(`The link cannot be set ${way}: ${failure}`);
  };
  process.once('exit', remove);
  return { outside, inside, enter, cut: () => link('down'), mend: () => link('up'), remove };
}

function run(...[command = '', ...args]: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
