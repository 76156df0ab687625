/** Something whose value changes: an actor, an instance of a host, a part of one. */
export interface Watched<Value> {
  /** The very same value until it changes. */
  readonly getSnapshot: () => Value;
  /** Calls back after each change. Returns a function that ends it. */
  readonly subscribe: (listener: (value: Value) => void) => () => void;
}

/**
 * A part of what an actor says, which changes only when that part does: for a page that should not draw anew for the
 * rest. `isSame` says when two values count as one.
 *
 * @example
 * ```ts
 * import { createActor, select, type MachineModule } from 'millrace/machine';
 *
 * function watch(player: MachineModule<{ readonly track: string; readonly second: number }>) {
 *   const actor = createActor(player, { track: '', second: 0 });
 *   const track = select(actor, ({ context }) => context.track);
 *   track.subscribe((name) => console.log(name));
 * }
 * ```
 */
export function select<Value, Part>(
  whole: Watched<Value>,
  pick: (value: Value) => Part,
  isSame: (one: Part, other: Part) => boolean = Object.is,
): Watched<Part> {
  let seen = whole.getSnapshot();
  let part = pick(seen);
  const getSnapshot = (): Part => {
    const now = whole.getSnapshot();
    if (now === seen) return part;
    seen = now;
    const next = pick(now);
    if (!isSame(part, next)) part = next;
    return part;
  };
  return {
    getSnapshot,
    subscribe: (listener) => {
      let told = getSnapshot();
      return whole.subscribe(() => {
        const now = getSnapshot();
        if (now === told) return;
        told = now;
        listener(now);
      });
    },
  };
}
