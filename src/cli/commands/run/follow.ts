import { formatMoney } from '../../../llm/money/money.ts';
import type { Client, ReactiveSystemRuntime, RuntimeEvent, StepView } from '../../../runtime/index.ts';
import type { Io } from '../../kit/io.ts';

/** Tells on stderr what happens to a run that this process drives. Gives a function that ends it. */
export function followRuntime(io: Io, runtime: ReactiveSystemRuntime, id: string): () => void {
  return runtime.on((event) => {
    if (!('runId' in event) || event.runId !== id) return;
    const line = words(io, event);
    if (line !== undefined) io.note(line);
  });
}

function words(io: Io, event: RuntimeEvent): string | undefined {
  const sign = (style: 'cyan' | 'green' | 'yellow' | 'red' | 'blue', text: string): string =>
    io.paint(style, text, 'note');
  switch (event.type) {
    case 'run.recovered':
      return `${sign('blue', '↻')} going on with ${event.target} from its last finished step`;
    case 'step.started':
      return `${sign('cyan', '▸')} ${step(event)}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`;
    case 'step.waiting':
      return `${sign('blue', '…')} ${step(event)} waits`;
    case 'step.completed':
      return `${sign('green', '✓')} ${event.step}`;
    case 'step.retrying':
      return `${sign('yellow', '↻')} ${step(event)} failed in attempt ${event.attempt}: ${event.error.message}`;
    case 'step.failed':
      return `${sign('red', '✗')} ${step(event)}: ${event.error.message}`;
    case 'step.cancelled':
      return `${sign('yellow', '✗')} ${event.step} cancelled`;
    // A tool that the model of a step has called: a task as any other.
    case 'attempt.started':
      return event.within === undefined
        ? undefined
        : `  ${sign('cyan', '▸')} tool ${event.task}${again(event.attempt)}`;
    case 'attempt.completed':
      return event.within === undefined ? undefined : `  ${sign('green', '✓')} tool ${event.task}`;
    case 'attempt.failed':
      return event.within === undefined
        ? undefined
        : `  ${sign('yellow', '✗')} tool ${event.task}: ${event.error.message} (${event.error.code})`;
    case 'model.answered':
      return `  ${sign('blue', '·')} ${event.model} answered${used(event)}`;
    case 'model.failed':
      return `  ${sign('yellow', '·')} ${event.model} failed: ${event.error.message} (${event.error.code})${used(event)}`;
    case 'model.spared':
      return `  ${sign('blue', '·')} ${event.model}: the answer was paid before`;
    default:
      return undefined;
  }
}

const again = (attempt: number): string => (attempt > 1 ? `, attempt ${attempt}` : '');

/** What a call of a model took, as far as it is known. */
function used({ usage, cost }: Pick<Extract<RuntimeEvent, { type: 'model.answered' }>, 'usage' | 'cost'>): string {
  if (usage === undefined) return '';
  const price = cost === undefined ? '' : `, ${formatMoney(cost)}`;
  return `: ${usage.input} tokens in, ${usage.output} out${price}`;
}

function step({ step: path, target }: { readonly step: string; readonly target: string | null }): string {
  return target === null ? path : `${path} (${target})`;
}

/** How often the journal of a run in another process is looked at, in ms. */
const look = 200;

/** Tells on stderr what has changed in the steps of a run since it was last called. */
export function teller(io: Io): (steps: readonly StepView[]) => void {
  const told = new Map<string, StepView['status']>();
  const signs = {
    running: ['cyan', '▸'],
    waiting: ['blue', '…'],
    completed: ['green', '✓'],
    failed: ['red', '✗'],
    cancelled: ['yellow', '✗'],
    skipped: ['dim', '-'],
  } as const;
  return (steps) => {
    for (const { path, kind, status, target } of steps) {
      // A map or a branch is told by the steps in it.
      if (kind === 'map' || kind === 'branch' || told.get(path) === status) continue;
      told.set(path, status);
      const [style, sign] = signs[status];
      io.note(
        `${io.paint(style, sign, 'note')} ${step({ step: path, target: target ?? null })}${status === 'waiting' ? ' waits' : ''}`,
      );
    }
  };
}

/** Tells on stderr what happens to a run in another process, by reading its journal. Gives a function that ends it. */
export function followClient(io: Io, client: Client, id: string): () => void {
  const tell = teller(io);
  const read = (): void => tell(client.reader.steps(id));
  const timer = setInterval(read, look).unref();
  return () => {
    clearInterval(timer);
    read();
  };
}
