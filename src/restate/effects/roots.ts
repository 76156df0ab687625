/** The runs that persons have started, by the runs below them: those whose tasks were done here last. */
const roots = new Map<string, string>();
const most = 10_000;

/** Remembers of a run below which run a person has started. */
export function noteRoot(run: string, root: string): void {
  if (run === root) return;
  roots.delete(run);
  roots.set(run, root);
  for (const oldest of roots.keys()) {
    if (roots.size <= most) break;
    roots.delete(oldest);
  }
}

/** The run that a person has started, with all that it runs. */
export const rootOf = (run: string): string => roots.get(run) ?? run;
