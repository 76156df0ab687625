import { TaskError, type AttemptIds } from '../errors.ts';

/** What a task asked of the world cannot be had. Trying again is no help. */
export class WorldError extends TaskError {
  constructor(
    code: `MR315${number}`,
    what: string,
    ids: AttemptIds,
    more: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(`Task '${ids.task}'${ids.step === undefined ? '' : ` (step '${ids.step}')`} ${what}`, {
      name: 'WorldError',
      code,
      retryable: false,
      ids,
      ...more,
    });
  }
}

/** A task asked for something that its declaration does not name (MR3150). */
export function undeclared(what: string, need: string, ids: AttemptIds, why = 'which it does not declare'): WorldError {
  return new WorldError('MR3150', `${what}, ${why}. Write needs: { ${need} } in its declaration.`, ids, {
    details: { need },
  });
}
