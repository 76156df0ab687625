/** A flow as data: what is simulated, and what the reference reads. */
export type Step =
  | {
      readonly do: 'work';
      /** How many tries fail; three are made. */
      readonly fails: number;
      /** How long each takes, in ms of simulated time. */
      readonly slow: number;
      /** The first try takes longer than it may, and gives a result all the same, when nobody wants it. */
      readonly late: boolean;
      readonly undo: boolean;
      /** By a task of which one attempt is made at a time, and three a minute. */
      readonly narrow?: boolean;
    }
  | { readonly do: 'broken' }
  | { readonly do: 'sleep'; readonly minutes: number }
  | { readonly do: 'receive'; readonly n: number; readonly timeout: boolean }
  | { readonly do: 'emit'; readonly n: number }
  | { readonly do: 'approve' }
  | { readonly do: 'child'; readonly timeout: boolean; readonly body: Body }
  | { readonly do: 'all' | 'map' | 'attempt' | 'repeat' | 'race' | 'graph' | 'branch'; readonly body: Body };
export type Body = readonly Step[];

/** What a flow is called with. */
export interface Spec {
  readonly body: Body;
}

/** A random flow. */
export function randomBody(random: () => number, depth = 0): Body {
  const pick = <T>(...list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const step = (): Step => {
    const what =
      depth < 2 && random() < 0.4
        ? pick('child', 'all', 'map', 'attempt', 'repeat', 'race', 'graph', 'branch')
        : pick('work', 'work', 'work', 'sleep', 'receive', 'emit', 'approve', 'broken');
    switch (what) {
      case 'work':
        return {
          do: what,
          fails: pick(0, 0, 0, 1, 2, 3),
          slow: pick(0, 0, 500, 4000),
          late: random() < 0.1,
          undo: random() < 0.6,
          narrow: random() < 0.2,
        };
      case 'sleep':
        return { do: what, minutes: pick(1, 60) };
      case 'receive':
        return { do: what, n: pick(1, 2), timeout: random() < 0.5 };
      case 'emit':
        return { do: what, n: pick(1, 2) };
      case 'broken':
      case 'approve':
        return { do: what } as Step;
      case 'child':
        return { do: what, timeout: random() < 0.3, body: randomBody(random, depth + 1) };
      default:
        return { do: what as 'all', body: randomBody(random, depth + 1) };
    }
  };
  return Array.from({ length: 1 + Math.floor(random() * (depth === 0 ? 4 : 3)) }, step);
}
