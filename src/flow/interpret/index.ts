import { MillraceError } from '../../core/index.ts';
import { flowContract, type AnyEvent, type Call, type FlowContract, type Schema } from '../contract.ts';
import type { FailureScope, FlowModule, Host } from '../host.ts';
import { runnableHash } from './hash.ts';
import { checkIds } from './ids.ts';
import { runBody } from './run.ts';
import { contractOf, makeCall, type Lookup } from './scope.ts';
import { allSteps, type DeclaredFlow, type RunnableFlow } from './steps.ts';

export { runnableHash } from './hash.ts';
export type { Lookup } from './scope.ts';
export type * from './steps.ts';

/** What the interpreter needs beside the flow. */
export interface InterpretOptions {
  /** Finds the contracts of what the flow calls, waits for and starts on. */
  readonly lookup: Lookup;
  /** The contract of the flow itself, when there already is one. */
  readonly contract?: FlowContract<string, Schema, Schema>;
  /** The hash of the flow in the model. Default: a hash of the live steps. */
  readonly hash?: string;
  /** `file:line:column` of the declaration. */
  readonly source?: string;
}

/**
 * Makes a module out of a live flow, so that a host runs it like a compiled one: for flows that a program registers at
 * run time, and for systems loaded without compiling.
 *
 * @throws MillraceError MR3290 when the flow names something unknown or has ids that cannot be, MR3291 for a kind of step that no host runs yet.
 * @example
 * ```ts
 * import { interpretFlow, taskContract } from 'millrace/flow';
 * import { z } from 'zod';
 *
 * const greet = taskContract('greet', { input: z.string(), output: z.string(), policy: {}, source: 'a.dsl.ts:1:1' });
 * const module = interpretFlow(
 *   {
 *     name: 'hello',
 *     input: z.object({ name: z.string() }),
 *     body: { steps: [{ kind: 'step', id: 'greeting', call: ({ input }: { input: { name: string } }) => greet(input.name) }] },
 *   },
 *   { lookup: (_kind, name) => (name === 'greet' ? greet : undefined) },
 * );
 * module.contract.contract; // 'hello'
 * ```
 */
export function interpretFlow(given: RunnableFlow | DeclaredFlow, options: InterpretOptions): FlowModule {
  const flow = runnable(given);
  const { lookup, hash = runnableHash(flow), source = `${flow.name}:1:1` } = options;
  const contract =
    options.contract ??
    flowContract(flow.name, {
      input: flow.input,
      source,
      ...(flow.output === undefined ? {} : { output: flow.output }),
    });
  const { onFailure } = flow;
  return Object.freeze({
    kind: 'flow' as const,
    contract,
    hash,
    ...(flow.on === undefined ? {} : { on: contractOf(lookup, 'event', flow.on) as AnyEvent }),
    ...(flow.schedule === undefined ? {} : { schedule: flow.schedule }),
    ...(flow.timeout === undefined ? {} : { timeout: flow.timeout }),
    ...(onFailure === undefined
      ? {}
      : {
          onFailure: ({ now, runId, ...scope }: FailureScope<unknown>): Call<unknown> =>
            makeCall(onFailure, { now: () => now, runId } as Host, scope, lookup).call(),
        }),
    waits: waitsOf(flow, lookup),
    ...formsOf(flow),
    run: (host: Host, input: unknown) => runBody(flow.body, host, { input }, lookup),
  });
}

function runnable(flow: RunnableFlow | DeclaredFlow): RunnableFlow {
  if (!('body' in flow)) {
    throw new MillraceError(
      `'${flow.name}' is no flow that can run: it has no steps. Declare it with flow(name, definition, steps).`,
      {
        code: 'MR3290',
        retryable: false,
        fault: 'input',
      },
    );
  }
  if (flow.http !== undefined) throw unsupported(flow.name, 'http');
  checkIds(flow);
  return flow;
}

function waitsOf(flow: RunnableFlow, lookup: Lookup): FlowModule['waits'] {
  const waits = new Map<string, { readonly event: string; readonly fields: readonly string[] }>();
  for (const { step } of allSteps(flow.body)) {
    if (step.kind !== 'waitFor') continue;
    contractOf(lookup, 'event', step.event);
    const fields = step.match.map(({ field }) => field);
    waits.set(JSON.stringify([step.event, fields]), { event: step.event, fields });
  }
  return [...waits.values()];
}

function formsOf(flow: RunnableFlow): Pick<FlowModule, 'forms'> {
  const forms = [...allSteps(flow.body)].flatMap(({ step, path }): [string, Schema][] =>
    step.kind === 'approve' && step.form !== undefined ? [[path, step.form]] : [],
  );
  return forms.length === 0 ? {} : { forms: Object.fromEntries(forms) };
}

function unsupported(flow: string, kind: string, step?: string): MillraceError {
  const where = step === undefined ? '' : `step '${step}' of `;
  return new MillraceError(`The engine does not support '${kind}' yet, which ${where}flow '${flow}' uses.`, {
    code: 'MR3291',
    retryable: false,
    fault: 'input',
    details: { flow, kind, ...(step === undefined ? {} : { step }) },
  });
}
