import { MillraceError } from '../core/index.ts';

/** @throws MillraceError MR3330 always. */
export function unknownState(machine: string, state: string): never {
  throw new MillraceError(`Machine '${machine}' has no state '${state}'.`, {
    code: 'MR3330',
    retryable: false,
    fault: 'input',
    details: { machine, state },
  });
}
