import { RunError, decision, type Decision, filledIn, jsonSchema } from '../engine/index.ts';
import type { FlowModule, Schema } from '../flow/index.ts';
import type { Tx } from '../store/index.ts';
import type { Context } from './context.ts';
import { decisionsOf } from './decisions.ts';
import { dropTimer } from './host/timer.ts';
import { effective } from './rewind/rewound.ts';
import { knownRun } from './known-run.ts';

/** A person's word on a step that waits for it. */
export interface DecideAsks {
  readonly runId: string;
  /** The path of the step. */
  readonly step: string;
  readonly approved: boolean;
  /** Who decides. */
  readonly by: string;
  /** What was filled in, as JSON. A rejection needs nothing. */
  readonly form?: unknown;
}
export interface DecideGives {
  readonly runId: string;
  readonly step: string;
}

/** Records a decision, once, and lets the run go on. */
export function decide(desk: Context, tx: Tx, { runId, step, approved, by, form }: DecideAsks): DecideGives {
  const details = { run: runId, step };
  const row = knownRun(tx, runId, details);
  if (tx.waits.get(runId, step)?.event !== decision) throw notAsked(tx, runId, step);
  if (by.trim() === '' || by.length > 200)
    throw new RunError('MR3234', "A decision needs who has decided: 'by', of 1 to 200 characters.", { details });
  const flow = desk.registry.flow(row.target);
  if (flow === undefined) {
    throw new RunError(
      'MR3201',
      `Run '${runId}' is of flow '${row.target}', which this system does not have: its form cannot be checked.`,
      { details },
    );
  }
  const filled = filledIn(formOf(flow, step), form, approved);
  if (!filled.ok) {
    throw new RunError(
      'MR3234',
      `What was filled in for '${step}' of run '${runId}' is not valid: ${filled.problems}`,
      {
        details,
      },
    );
  }
  tx.waits.remove(runId, step);
  dropTimer(tx, runId, step);
  const said: Decision = { approved, by, ...(form === undefined ? {} : { form }) };
  const line = { path: step, name: decision, attempt: 0, place: null, data: JSON.stringify(said) };
  desk.record(tx, runId, { kind: 'decided', ...line });
  return { runId, step };
}

/** The runs that were asked with another form than the code has now: read again, they ask anew. */
export function askedOtherwise({ store, registry }: Context): readonly string[] {
  const known = new Map<Schema, string>();
  const text = (form: Schema | undefined): string | undefined => {
    if (form === undefined) return undefined;
    const written = known.get(form) ?? JSON.stringify(jsonSchema(form));
    known.set(form, written);
    return written;
  };
  return decisionsOf(store.tables).flatMap(({ runId, flow, step, form }) => {
    const code = registry.flow(flow);
    return code === undefined || text(formOf(code, step)) === JSON.stringify(form) ? [] : [runId];
  });
}

function formOf({ forms = {} }: FlowModule, step: string): Schema | undefined {
  const path = step.replaceAll(/\[\d+\]/g, '');
  return Object.hasOwn(forms, path) ? forms[path] : undefined;
}

/** Why there is nothing to decide. */
function notAsked(tx: Tx, run: string, step: string): RunError {
  const details = { run, step };
  const lines = effective(tx.journal.of(run));
  const decided = lines.find((line) => line.path === step && line.kind === 'decided');
  if (decided !== undefined) {
    const { approved, by } = JSON.parse(decided.data ?? '{}') as Decision;
    return new RunError(
      'MR3233',
      `'${step}' of run '${run}' was ${approved ? 'approved' : 'rejected'} by '${by}' already. A decision is not changed.`,
      { details: { ...details, approved, by, at: decided.at } },
    );
  }
  const asked = lines.some((line) => line.path === step && line.kind === 'asked');
  const open = tx.waits.of(run).flatMap(({ event, path }) => (event === decision ? [`'${path}'`] : []));
  return new RunError(
    'MR3232',
    asked
      ? `'${step}' of run '${run}' does not wait for a decision any more.`
      : `Run '${run}' does not wait for a decision at '${step}'. ${open.length === 0 ? 'It waits for none.' : `It does at ${open.join(', ')}.`}`,
    { details },
  );
}
