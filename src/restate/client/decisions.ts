import { RunError } from '../../engine/index.ts';
import type { DecideAsks, DecideGives, DecisionView } from '../../runtime/index.ts';
import { decide as decideOn, decisionView } from '../decisions/index.ts';
import { sql, type Desk } from './desk.ts';
import { knownRun } from './known.ts';
import { quoted } from './sql.ts';

/** The steps that wait for a person, of one run or of all, the oldest first. */
export async function decisionsOf(desk: Desk, run: string | undefined): Promise<DecisionView[]> {
  const of = run === undefined ? '' : ` AND starts_with(service_key, ${quoted(`${run} `)})`;
  const rows = await sql(
    desk,
    `SELECT value_utf8 FROM state WHERE service_name = ${quoted(desk.names.decisions)} AND key = 'question'${of}`,
  );
  return rows.map((row) => decisionView(String(row['value_utf8']))).sort((a, b) => a.since - b.since);
}

/** A person's word on a step. */
export async function decide(desk: Desk, asks: DecideAsks): Promise<DecideGives> {
  const { runId, step } = asks;
  const details = { run: runId, step };
  const { view } = await knownRun(desk, runId, details);
  try {
    // One that was ended by force could not take its questions back.
    const isLeft = view.endedAt !== undefined && (await decisionsOf(desk, runId)).some((each) => each.step === step);
    if (isLeft) throw new RunError('MR3232', `Run '${runId}' is ${view.status}.`, { details });
    return await decideOn(desk.handlers, desk, asks);
  } catch (thrown) {
    const { code, message } = thrown as Partial<RunError>;
    if (code !== 'MR3232' || message?.includes('any more') === true) throw thrown;
    const open = (await decisionsOf(desk, runId)).map((each) => `'${each.step}'`);
    throw new RunError(
      'MR3232',
      `Run '${runId}' does not wait for a decision at '${step}'. ${open.length === 0 || view.endedAt !== undefined ? 'It waits for none.' : `It does at ${open.join(', ')}.`}`,
      { details },
    );
  }
}
