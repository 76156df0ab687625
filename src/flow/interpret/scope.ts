import { MillraceError } from '../../core/index.ts';
import type { AnyTask, Call, Contract } from '../contract.ts';
import type { Host } from '../host.ts';
import type { Lambda } from './steps.ts';

/** What a lambda reads by name: the input and the earlier results. */
export type Values = Readonly<Record<string, unknown>>;

/** How calls find their contracts. */
export type Lookup = (kind: 'task' | 'event' | 'flow', name: string) => Contract | undefined;

/** Runs a lambda against what is known so far, and `now` and `runId`. */
export function evaluate(lambda: Lambda, host: Host, values: Values): unknown {
  const scope = Object.defineProperty({ ...values, runId: host.runId }, 'now', {
    get: () => host.now(),
    enumerable: true,
  });
  return lambda(scope as never);
}

/** A call that was made, or the error that making it threw: the host gets either where it asks for the call. */
export interface Made {
  readonly kind: 'task' | 'event' | 'flow';
  readonly call: () => Call<never>;
}

/** Makes the call of a lambda. Never throws: whose step it is must be known before the host may fail it. */
export function makeCall(lambda: Lambda, host: Host, values: Values, lookup: Lookup): Made {
  try {
    const { kind, name, input } = readCall(evaluate(lambda, host, values));
    const contract = contractOf(lookup, kind, name);
    return { kind, call: () => ({ contract, input }) };
  } catch (error) {
    return {
      kind: 'task',
      call: () => {
        throw error;
      },
    };
  }
}

/** Finds a contract, or says which name is unknown. */
export function contractOf(lookup: Lookup, kind: Made['kind'], name: string): Contract {
  const contract = lookup(kind, name);
  if (contract !== undefined) return contract;
  throw new MillraceError(
    `The flow uses the ${kind} '${name}', which the system does not have. Declare it, or mend the name.`,
    {
      code: 'MR3290',
      retryable: false,
      fault: 'input',
      details: { kind, name },
    },
  );
}

function readCall(made: unknown): { readonly kind: Made['kind']; readonly name: string; readonly input: unknown } {
  if (made !== null && typeof made === 'object') {
    // A call of the language names its target; a call of a compiled contract brings it along.
    const { target, contract, input } = made as {
      readonly target?: unknown;
      readonly contract?: Partial<AnyTask>;
      readonly input?: unknown;
    };
    const [, kind, name] =
      /^(task|event|flow):(.+)$/.exec(
        typeof target === 'string' ? target : `${contract?.kind}:${contract?.contract}`,
      ) ?? [];
    if (kind !== undefined && name !== undefined) return { kind: kind as Made['kind'], name, input };
  }
  throw new MillraceError(
    'A step of the flow did not name what to run: its lambda must give a call, such as `chargeCard({ ... })`.',
    {
      code: 'MR3290',
      retryable: false,
      fault: 'user-code',
    },
  );
}
