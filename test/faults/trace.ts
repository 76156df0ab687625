import { readFileSync } from 'node:fs';

/** One thing that a process did to a file, in the order in which it did them: see faults.c. */
export interface Deed {
  readonly kind: 'write' | 'sync' | 'append' | 'truncate' | 'unlink';
  readonly file: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

const kinds: Readonly<Record<string, Deed['kind']>> = {
  W: 'write',
  S: 'sync',
  A: 'append',
  T: 'truncate',
  U: 'unlink',
};

/** Reads what the library noted. */
export function readTrace(path: string): Deed[] {
  const all = readFileSync(path);
  const deeds: Deed[] = [];
  for (let from = 0; from < all.length;) {
    const to = all.indexOf(10, from);
    const [kind = '', offset, size, ...rest] = all.toString('utf8', from, to).split(' ');
    const bytes = all.subarray(to + 1, to + 1 + Number(size));
    const known = kinds[kind];
    if (known === undefined) throw new Error(`The trace is broken at ${from}.`);
    deeds.push({ kind: known, file: rest.join(' '), offset: Number(offset), bytes });
    from = to + 1 + Number(size);
  }
  return deeds;
}

/**
 * What of the writes that were not synced yet is on the disk after a power cut: none; all, the last of them torn; each
 * or not, by chance; all, but of the last ones nobody knows what they hold.
 */
export type Loss = 'dropped' | 'torn' | 'reordered' | 'garbled';

/** The files as they are after a power cut behind the first `count` deeds. `lies`: from that deed on syncs did nothing. */
export function afterPowerCut(
  deeds: readonly Deed[],
  count: number,
  loss: Loss,
  random: () => number,
  lies = Infinity,
): Map<string, Buffer> {
  const disk = new Map<string, Buffer>();
  const pending = new Map<string, Deed[]>();
  for (const [index, deed] of deeds.slice(0, count).entries()) {
    const waiting = pending.get(deed.file) ?? [];
    pending.set(deed.file, waiting);
    if (deed.kind === 'append') continue;
    if (deed.kind === 'unlink') {
      disk.delete(deed.file);
      pending.delete(deed.file);
    } else if (deed.kind !== 'sync') waiting.push(deed);
    else if (index < lies) for (const each of waiting.splice(0)) apply(disk, each);
  }
  for (const waiting of pending.values()) {
    const kept = loss === 'dropped' ? [] : loss === 'reordered' ? waiting.filter(() => random() < 0.5) : waiting;
    for (const [index, deed] of kept.entries()) {
      const last = index === kept.length - 1;
      if (deed.kind === 'write' && loss === 'torn' && last)
        apply(disk, { ...deed, bytes: deed.bytes.subarray(0, Math.floor(random() * deed.bytes.length)) });
      else if (deed.kind === 'write' && loss === 'garbled' && index >= kept.length - 3)
        apply(disk, { ...deed, bytes: deed.bytes.map(() => Math.floor(random() * 256)) as Buffer });
      else apply(disk, deed);
    }
  }
  return disk;
}

function apply(disk: Map<string, Buffer>, { kind, file, offset, bytes }: Deed): void {
  const before = disk.get(file) ?? Buffer.alloc(0);
  const size = kind === 'truncate' ? offset : Math.max(before.length, offset + bytes.length);
  const after = Buffer.alloc(size);
  before.copy(after, 0, 0, Math.min(before.length, size));
  if (kind === 'write') bytes.copy(after, offset);
  disk.set(file, after);
}

/** What had been acknowledged by then: the lines that were appended to files of this name. */
export function acknowledged(deeds: readonly Deed[], count: number): string[] {
  const text = deeds.slice(0, count).map(({ kind, bytes }) => (kind === 'append' ? bytes.toString('utf8') : ''));
  return text.join('').split('\n').filter(Boolean);
}
