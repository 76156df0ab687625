import type { Clock } from '../../core/index.ts';

/**
 * Renews a lease at each third of its time, until `renew` gives false: it is lost. A renewal that fails is tried again at
 * the next third, and a lease that cannot be renewed runs out. Gives the function that ends it.
 */
export function renewing(wall: Pick<Clock, 'now' | 'at'>, leaseMs: number, renew: () => Promise<boolean>): () => void {
  let stop = (): void => {};
  let over = false;
  const arm = (): void => {
    if (over) return;
    stop = wall.at(wall.now() + leaseMs / 3, () => {
      if (!over) renew().then((held) => held && arm(), arm);
    });
  };
  arm();
  return () => {
    over = true;
    stop();
  };
}
