import type { BoundSystem } from '../tasks/index.ts';
import { RunError } from './errors.ts';

/** Refuses what is not a system that can run: a bare model, or the builder's own object. */
export function checkSystem(system: BoundSystem): void {
  const kind = (system as { readonly kind?: unknown } | null | undefined)?.kind;
  if (kind === 'bound-system') return;
  throw new RunError(
    'MR3222',
    `This is not a system that can run (${typeof kind === 'string' ? `a '${kind}'` : typeof system}). Import the generated index.ts, or load the file with loadSystemFromDsl(path, { live: true }).`,
  );
}
