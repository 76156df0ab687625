import { hash } from 'node:crypto';
import { checkRunId, newId, RunError, sameJson } from '../../engine/index.ts';
import type { StartOptions, StartResult } from '../../runtime/index.ts';
import { decodeJson, encodeJson } from '../../tasks/index.ts';
import type { RunAsks } from '../contract.ts';
import { headerKey } from '../ingress/header-key.ts';
import { isCalled, remember, type FullDesk } from './desk.ts';
import { seen } from './known.ts';
import { cannot } from './refused.ts';
import type { Seen } from './views.ts';

/** What is started. */
export interface Start {
  readonly kind: 'flow' | 'task';
  readonly target: string;
  readonly input: unknown;
  readonly options: StartOptions;
}

/** Starts a run, or attaches to it when it is there. Resolves when the server has it. */
export async function start(desk: FullDesk, asks: Start): Promise<StartResult> {
  const { target, options } = asks;
  const { id: given, idempotencyKey, priority, metadata } = options;
  if (given !== undefined) checkRunId(given);
  const input = inputOf(desk, asks);
  if (priority !== undefined) throw cannot('a run has no priority', 'Leave it out.');
  if (given !== undefined && idempotencyKey !== undefined) {
    throw cannot(
      'a run has either an id or an idempotency key',
      'Leave the key out: the id is one, a second start with it gives the same run.',
    );
  }
  const told = encodeJson(metadata);
  if (!told.ok) throw new RunError('MR3206', `The metadata of '${target}' is not JSON: ${told.problems}`);
  const run = given ?? (idempotencyKey === undefined ? undefined : keyedId(idempotencyKey));
  // Under the same id a service knows its own run; what others run no call of it would tell.
  const isOther = run !== undefined && (await isRunElsewhere(desk, asks, run));
  const known = isOther ? await seen(desk, run) : undefined;
  if (known !== undefined) return attached(known, asks, input);
  const runId = run ?? newId('run', desk.clock.now(), Math.random);
  const body: RunAsks = {
    run: runId,
    at: desk.clock.now(),
    ...(input !== undefined && { input: JSON.parse(input) as unknown }),
    ...(told.value !== undefined && { metadata: JSON.parse(told.value) as Readonly<Record<string, unknown>> }),
  };
  const { already, invocation } = await desk.handlers.send({
    service: serviceOf(desk, asks),
    handler: 'run',
    body,
    idempotencyKey: headerKey(runId),
  });
  remember(desk, runId, invocation);
  const other = already ? await seen(desk, runId) : undefined;
  return other === undefined ? { runId, attached: already } : attached(other, asks, input);
}

const serviceOf = ({ names }: FullDesk, { kind, target }: Start): string =>
  kind === 'flow' ? names.flow(target) : names.task(target);

async function isRunElsewhere(desk: FullDesk, asks: Start, run: string): Promise<boolean> {
  const own = serviceOf(desk, asks);
  const all = [...desk.flows.map(desk.names.flow), ...desk.tasks.map(desk.names.task)];
  const others = all.filter((service) => service !== own);
  return (await Promise.all(others.map((service) => isCalled(desk, service, headerKey(run))))).includes(true);
}

/** One key is one run. */
const keyedId = (key: string): string => `key_${hash('sha256', key, 'hex').slice(0, 32)}`;

function attached({ view, asks: recorded }: Seen, asks: Start, input: string | undefined): StartResult {
  const { kind, target, options } = asks;
  const had = recorded?.input === undefined ? null : JSON.stringify(recorded.input);
  const isSame = view.kind === kind && view.target === target && sameJson(had, input ?? null);
  if (isSame) return { runId: view.id, attached: true };
  const key = options.idempotencyKey;
  if (key !== undefined) {
    throw new RunError(
      'MR3220',
      `The idempotency key '${key}' was used for another request. Use a new key for a new request.`,
      { details: { key } },
    );
  }
  throw new RunError(
    'MR3202',
    `There is a run '${view.id}' already, of ${view.kind} '${view.target}'${view.target === target ? ' with another input' : ''}. Choose another id.`,
    { details: { run: view.id } },
  );
}

function inputOf({ system }: FullDesk, { kind, target, input }: Start): string | undefined {
  const all = kind === 'flow' ? system.flows : system.tasks;
  const contract = !Object.hasOwn(all, target)
    ? undefined
    : kind === 'flow'
      ? system.flows[target]?.contract
      : system.tasks[target];
  if (contract === undefined) {
    throw new RunError(
      kind === 'flow' ? 'MR3201' : 'MR3219',
      `The system '${system.name}' has no ${kind} '${target}'. It has: ${Object.keys(all).join(', ')}.`,
    );
  }
  const encoded = encodeJson(input);
  const checked = encoded.ok ? decodeJson(contract.input, encoded.value) : encoded;
  if (encoded.ok && checked.ok) return encoded.value;
  throw new RunError('MR3206', `The input of ${kind} '${target}' is not valid: ${checked.ok ? '' : checked.problems}`, {
    details: { target },
  });
}
