/** Says to `dsl serve` that another command has started it, which it ends with. */
export const servedBy = 'MILLRACE_SERVED_BY';

/**
 * Calls back when the command that has started this one lets go of it, or is gone. Not by a signal: one from the terminal comes
 * to both, and a second one means at once.
 */
export function withParent(stop: () => void): void {
  if (process.env[servedBy] === undefined) return;
  if (process.connected) process.once('disconnect', stop);
  else stop();
}
