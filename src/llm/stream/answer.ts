import type { ModelEvent, Usage } from '../contract.ts';
import { ModelError } from '../errors.ts';
import { modelErrorOf } from './normalise.ts';
import { watchOver, type Patience, type Watch } from './watch.ts';

/** Reads the chunks of one protocol. */
export interface Reader<Chunk> {
  /** What a chunk says. After an `end` nothing is read. Throws when the provider says that it has failed. */
  read(chunk: Chunk): readonly ModelEvent[];
  /** For protocols whose chunks have no last one of their own: the end, if what came is whole. */
  close?(): readonly ModelEvent[];
  /** What is known to have been used so far. */
  usage(): Usage | undefined;
}

/** One request to one provider. */
export interface Call {
  readonly provider: string;
  readonly model: string;
  readonly patience: Patience;
  readonly secret?: string | undefined;
  /** Loads what asking takes, before the time is counted. */
  readonly ready?: () => Promise<unknown>;
}

const drainMs = 1000;

/**
 * Asks, and gives what comes as events. Whatever happens it ends with an `end` or with a `ModelError`: a stream that is
 * cut, stalls, ends too early or is called off is never taken for an answer.
 */
export async function* answering<Chunk>(
  call: Call,
  open: (watch: Watch) => Promise<AsyncIterable<Chunk>>,
  reader: Reader<Chunk>,
): AsyncGenerator<ModelEvent> {
  await call.ready?.();
  const watch = watchOver(call.patience, call, () => reader.usage());
  let chunks: AsyncIterator<Chunk> | undefined;
  let ended = false;
  try {
    const from = (await watch.wait(() => open(watch)))[Symbol.asyncIterator]();
    chunks = from;
    for (;;) {
      const next = await watch.wait(() => from.next());
      if (next.done !== true) watch.touch();
      const events = next.done === true ? (reader.close?.() ?? []) : reader.read(next.value);
      for (const event of events) {
        ended ||= event.type === 'end';
        yield event;
        if (event.type === 'end') return;
      }
      if (next.done === true)
        throw new ModelError(`${call.provider} (${call.model}): the answer ended without its end.`, {
          kind: 'truncated',
          provider: call.provider,
          model: call.model,
          ...used(reader),
        });
    }
  } catch (thrown) {
    throw modelErrorOf(thrown, failedCall(call, watch, reader));
  } finally {
    if (ended && chunks !== undefined) drain(chunks, watch, call.patience);
    else {
      watch.close();
      // Not waited for: what hangs may hang here, too.
      void Promise.resolve(chunks?.return?.()).catch(() => {});
    }
  }
}

/** Does one thing without a stream: looks at the models, counts tokens. */
export async function once<T>(call: Call, work: (watch: Watch) => Promise<T>): Promise<T> {
  await call.ready?.();
  const watch = watchOver(call.patience, call);
  try {
    return await watch.wait(() => work(watch));
  } catch (thrown) {
    const failed = modelErrorOf(thrown, failedCall(call, watch, undefined));
    throw failed;
  } finally {
    watch.close();
  }
}

const used = (reader: Reader<never> | undefined): { usage?: Usage } => {
  const usage = reader?.usage();
  return usage === undefined ? {} : { usage };
};

function failedCall(call: Call, watch: Watch, reader: Reader<never> | undefined) {
  return {
    provider: call.provider,
    model: call.model,
    begun: watch.begun(),
    now: call.patience.scheduler.now(),
    ...(call.secret === undefined ? {} : { secret: call.secret }),
    ...used(reader),
  };
}

// What comes after the end is a few bytes, and read to the last the connection can serve again.
function drain(rest: AsyncIterator<unknown>, watch: Watch, { scheduler }: Patience): void {
  const callOff = scheduler.after(drainMs, () => watch.close());
  const read = async (): Promise<void> => {
    try {
      while ((await rest.next()).done !== true);
    } catch {
      // The answer is whole already.
    } finally {
      callOff();
      watch.close();
    }
  };
  void read();
}
