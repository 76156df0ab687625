import type { Decision, Question } from '../../engine/index.ts';

/** A question that is open: the state `question` of the object `RUN PATH` of `names.decisions`. */
export interface Asked extends Question {
  readonly run: string;
  readonly flow: string;
  /** The path of the step. */
  readonly step: string;
  readonly since: number;
  readonly invocation: string;
  /** The name of the signal by which the run hears of the decision. */
  readonly signal: string;
}

/** `by`: the end of the invocation that has asked, as in records of attempts. */
export interface AskGives {
  readonly by: string;
}

/** What the signal holds. */
export interface DecidedSignal extends Decision {
  readonly at: number;
}

export interface LeaveDecisionAsks {
  readonly invocation: string;
  readonly signal: string;
}
/** `underWay`: it has been decided, and the decision comes by the signal. */
export interface LeaveDecisionGives {
  readonly underWay: boolean;
}

export interface DecideBody {
  readonly approved: boolean;
  readonly by: string;
  readonly form?: unknown;
}

/** What became of a question. Without `by` nobody decided. */
export interface Past extends Partial<Decision> {
  readonly at: number;
}
