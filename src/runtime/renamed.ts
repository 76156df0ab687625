/** How paths of steps are called anew: from a path, without the numbers of rounds and items, to another. */
export type Renames = Readonly<Record<string, string>>;

interface Segment {
  readonly name: string;
  /** The number of a round or an item, with its brackets. */
  readonly round: string;
}

function segments(path: string): readonly Segment[] {
  return path.split('/').map((text) => {
    const at = /(?:\[\d+\])+$/.exec(text)?.index ?? text.length;
    return { name: text.slice(0, at), round: text.slice(at) };
  });
}

/**
 * A path under its new name; what lies below a renamed path comes along, and the longest rule counts. `held/line` is also
 * the path of `held[3]/line`, whose number it keeps.
 */
export function renamePath(renames: Renames, path: string): string {
  const own = segments(path);
  for (let length = own.length; length > 0; length--) {
    const head = own.slice(0, length);
    const key = head.map(({ name }) => name).join('/');
    const to = Object.hasOwn(renames, key) ? renames[key] : undefined;
    if (to === undefined) continue;
    return [...withRounds(head, to.split('/')), ...own.slice(length).map(({ name, round }) => `${name}${round}`)].join(
      '/',
    );
  }
  return path;
}

/** Numbers stay with the step that they belonged to: with its name, else with its place. */
function withRounds(before: readonly Segment[], after: readonly string[]): readonly string[] {
  return after.map((name, index) => {
    const same = before.find((each) => each.name === name);
    const placed = before.length === after.length ? before[index] : undefined;
    const isFree = placed !== undefined && !after.includes(placed.name);
    return `${name}${same?.round ?? (isFree ? placed.round : '')}`;
  });
}

/**
 * What takes a path back to the one under which its idempotency key and its child were made, and no new step to a path
 * that another one had.
 */
export function reverse(renames: Renames, version: string): Renames {
  const back: Record<string, string> = {};
  for (const from of Object.keys(renames)) back[from] = `~${version}/${from}`;
  for (const [from, to] of Object.entries(renames)) back[to] = from;
  return back;
}

const same = (path: string): string => path;

/** From the path of a step of this run to the one that it had at first: see `RunRow.renamed`. */
export function originOf(renamed: string | null): (path: string) => string {
  if (renamed === null) return same;
  const steps = (JSON.parse(renamed) as readonly Renames[]).toReversed();
  return (path) => steps.reduce((name, step) => renamePath(step, name), path);
}
