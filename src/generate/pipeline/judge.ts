import type { Diagnostic } from '../../model/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { problemIn } from '../codes.ts';
import type { GateReport, Subject, TaskCase, Verifier } from '../contract.ts';
import type { StageName, StageReport } from '../options.ts';
import type { TypeGate } from '../types/gate.ts';

/** What code is judged by. */
export interface Bench {
  readonly subject: Subject;
  readonly verifier: Verifier;
  readonly types: TypeGate;
  readonly signal: AbortSignal;
  /** `failed`: why an answer did not hold at this stage. */
  readonly onStage: (stage: StageName, failed?: string) => void;
}

/** What the gates say of code, up to the first that does not hold. */
export interface Judgement {
  readonly ok: boolean;
  readonly stages: readonly StageReport[];
  /** The gate that does not hold, and its problems. */
  readonly failedAt?: StageName;
  readonly problems: readonly Diagnostic[];
  /** Only the cases are too weak: nothing is wrong with the code. */
  readonly weakCases: boolean;
}

/**
 * All gates in their order, the cheap ones first. `codeIsKnown`: the code has passed the gates that look at it alone,
 * and only the cases are new.
 */
export async function judge(
  bench: Bench,
  code: string,
  cases: readonly TaskCase[],
  codeIsKnown = false,
): Promise<Judgement> {
  const { subject, verifier, types, signal, onStage } = bench;
  const stages: StageReport[] = [];
  const holds = (reports: readonly GateReport[]): boolean => {
    for (const { gate, ...report } of reports) stages.push({ stage: gate, ...report });
    return reports.every(({ ok }) => ok);
  };
  const end = (): Judgement => {
    const failed = stages.find(({ ok }) => !ok);
    const weakCases = failed?.stage === 'stub' || failed?.stage === 'mutation';
    return failed === undefined
      ? { ok: true, stages, problems: [], weakCases: false }
      : { ok: false, stages, failedAt: failed.stage, problems: problemsOf(failed, subject), weakCases };
  };
  if (!codeIsKnown) {
    onStage('policy');
    if (!holds([verifier.policy(code, subject)])) return end();
    signal.throwIfAborted();
    onStage('types');
    if (!holds([await types.judge(code, subject, signal)])) return end();
  }
  signal.throwIfAborted();
  onStage('cases');
  if (!holds(counted(await verifier.run(code, cases, subject, { signal }), cases))) return end();
  signal.throwIfAborted();
  onStage('mutation');
  holds(present('mutation', await verifier.strength(code, cases, subject, { signal })));
  return end();
}

/** A gate that reports nothing would hold whatever comes: as many cases as were planned have to have run. */
function counted(given: readonly GateReport[], cases: readonly TaskCase[]): readonly GateReport[] {
  const reports = present('cases', given);
  return reports.map((report) => {
    const results = report.gate === 'cases' ? report.details?.['results'] : undefined;
    if (report.gate !== 'cases' || !report.ok || (Array.isArray(results) && results.length === cases.length))
      return report;
    const ran = Array.isArray(results) ? results.length : 0;
    const problem = problemIn('', 'MR5014', `${cases.length} cases were planned, and ${ran} ran.`);
    return { ...report, ok: false, problems: [...report.problems, problem] };
  });
}

/** Verdicts with this one among them: a gate that was never there does not hold. */
function present(gate: 'cases' | 'mutation', given: readonly GateReport[]): readonly GateReport[] {
  if (given.some((one) => one.gate === gate) || given.some(({ ok }) => !ok)) return given;
  const problem = problemIn('', 'MR5014', `The verifier says nothing of the gate '${gate}'.`);
  return [...given, { gate, ok: false, problems: [problem], took: 0 }];
}

/** A gate that does not hold says why; if it does not, that is said. */
function problemsOf(stage: StageReport, { file, root }: Subject): readonly Diagnostic[] {
  if (stage.problems.length > 0) return stage.problems;
  return [problemIn(shownPath(file, root), 'MR5014', `The gate '${stage.stage}' does not hold, and does not say why.`)];
}
