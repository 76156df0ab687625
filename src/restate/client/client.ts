import { MillraceError, systemClock, type Clock } from '../../core/index.ts';
import type {
  CheckpointQuery,
  CheckpointView,
  CreateOptions,
  DecideAsks,
  DecideGives,
  DecisionView,
  FlowResult,
  HistoryQuery,
  HistoryView,
  InstanceQuery,
  InstanceView,
  PauseAsks,
  PauseGives,
  RetryAsks,
  RetryGives,
  RollbackGives,
  RunQuery,
  RunView,
  SendOptions,
  SendResult,
  StartOptions,
  StartResult,
  StepView,
  TaskResult,
} from '../../runtime/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';

/** Where a Restate server is, and how it is talked to. */
export interface RestateClientOptions {
  /** The address that takes calls, such as `http://127.0.0.1:8080`. */
  readonly ingress: string;
  /** The address that is asked about invocations, such as `http://127.0.0.1:9070`. */
  readonly admin: string;
  /** The clock of the system: the same as that of its endpoint. Default: the system clock. */
  readonly clock?: Clock;
  /** Called when the server cannot be reached and is tried again, with the failure. */
  readonly onUnreachable?: (failure: MillraceError) => void;
  /** How long a server that cannot be reached is tried again, in ms. Default 30 s. */
  readonly patienceMs?: number;
}

/** What came of a cancel: `accepted` is false when the run had ended before. */
export interface CancelGives {
  readonly runId: string;
  readonly accepted: boolean;
}

/**
 * Asks a system that runs on Restate: the counterpart of `ReactiveSystemRuntime` and `Client`, with the same views. What
 * is read is asked of the server, so everything is a promise.
 */
export class RestateClient {
  readonly role = 'client';
  readonly system: BoundSystem;
  readonly options: RestateClientOptions;
  readonly clock: Clock;

  constructor(system: BoundSystem, options: RestateClientOptions) {
    this.system = system;
    this.options = options;
    this.clock = options.clock ?? systemClock();
  }

  start(_name: string, _input?: unknown, _options: StartOptions = {}): Promise<StartResult> {
    return notYet();
  }
  startTask(_name: string, _input?: unknown, _options: StartOptions = {}): Promise<StartResult> {
    return notYet();
  }
  executeFlow(
    _name: string,
    _input?: unknown,
    _options: StartOptions & { readonly signal?: AbortSignal } = {},
  ): Promise<FlowResult> {
    return notYet();
  }
  executeTask(_name: string, _input?: unknown, _options: StartOptions = {}): Promise<TaskResult> {
    return notYet();
  }
  result(_runId: string, _options: { readonly signal?: AbortSignal } = {}): Promise<FlowResult> {
    return notYet();
  }
  sendEvent(_name: string, _payload?: unknown, _options: SendOptions = {}): Promise<SendResult> {
    return notYet();
  }
  send(name: string, payload?: unknown, options: SendOptions = {}): Promise<SendResult> {
    return this.sendEvent(name, payload, options);
  }
  status(_runId: string): Promise<RunView | undefined> {
    return notYet();
  }
  list(_query: RunQuery = {}): Promise<RunView[]> {
    return notYet();
  }
  active(): Promise<RunView[]> {
    return this.list({ status: ['pending', 'running', 'waiting', 'paused', 'blocked'] });
  }
  steps(_runId: string): Promise<StepView[]> {
    return notYet();
  }
  checkpoints(_query: string | CheckpointQuery): Promise<CheckpointView[]> {
    return notYet();
  }
  pause(_runId: string, _options: Omit<PauseAsks, 'runId'> = {}): Promise<PauseGives> {
    return notYet();
  }
  resume(_runId: string): Promise<PauseGives> {
    return notYet();
  }
  cancel(_runId: string, _options: { readonly reason?: string; readonly by?: string } = {}): Promise<CancelGives> {
    return notYet();
  }
  retry(_runId: string, _options: Omit<RetryAsks, 'runId'> = {}): Promise<RetryGives> {
    return notYet();
  }
  decide(_runId: string, _step: string, _said: Omit<DecideAsks, 'runId' | 'step'>): Promise<DecideGives> {
    return notYet();
  }
  decisions(_runId?: string): Promise<DecisionView[]> {
    return notYet();
  }
  create(_machine: string, _options: CreateOptions): Promise<InstanceView> {
    return notYet();
  }
  get(_machine: string, _id: string): Promise<InstanceView | undefined> {
    return notYet();
  }
  instances(_query: InstanceQuery = {}): Promise<InstanceView[]> {
    return notYet();
  }
  history(_machine: string, _id: string, _query: number | HistoryQuery = {}): Promise<HistoryView[]> {
    return notYet();
  }
  available(_machine: string, _id: string): Promise<readonly string[]> {
    return notYet();
  }
  rollback(
    _machine: string,
    _id: string,
    _options: { readonly to?: number; readonly fromFinal?: boolean } = {},
  ): Promise<RollbackGives> {
    return notYet();
  }
  removeInstance(_machine: string, _id: string, _options: { readonly force?: boolean } = {}): Promise<void> {
    return notYet();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function notYet(): Promise<never> {
  return Promise.reject(
    new MillraceError('This cannot be asked of Restate yet.', {
      code: 'MR5230',
      retryable: false,
      fault: 'internal',
    }),
  );
}
