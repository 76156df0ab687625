import { nearest } from '../../core/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { RestateError } from '../errors.ts';
import { unsupported, type Unsupported } from './table.ts';

/**
 * Refuses a system that says what Restate cannot do, with all that it says of it: nothing is ever silently different.
 *
 * @throws RestateError MR5260, MR5261 or MR5262, whichever is the first.
 */
export function checkSupported(system: BoundSystem): void {
  const problems = unsupportedOf(system);
  const [first] = problems;
  if (first === undefined) return;
  const lines = problems.map(({ code, source, message, hint }) => `${source}: ${code} ${message} ${hint}`);
  throw new RestateError(
    first.code,
    problems.length === 1
      ? `${first.source}: ${first.message} ${first.hint}`
      : `The system '${system.name}' says ${problems.length} things that Restate cannot do:\n${lines.join('\n')}`,
    { fault: 'input', details: { problems } },
  );
}

/** What a system that was loaded says and Restate cannot do. */
export function unsupportedOf({ tasks, retention, source }: BoundSystem): readonly Unsupported<string>[] {
  return unsupported({
    tasks: Object.values(tasks).map(({ contract, evidence, policy, source: own }) => ({
      name: contract,
      evidence: evidence?.claims.map(({ kind }) => kind) ?? [],
      priority: policy.priority ?? 0,
      source: own,
    })),
    runs: retention?.runs ?? {},
    // As places of tasks are: from the folder of the file, and not from that of what was generated.
    source: source.slice(source.lastIndexOf('/') + 1),
  });
}

/** Options that mean something on the embedded engine only, and why. */
const embeddedOnly: Readonly<Record<string, string>> = {
  db: 'everything is kept by the server',
  store: 'everything is kept by the server',
  scheduler: 'what runs when is decided by the server',
  stopwatch: 'steps of machines are not measured',
  workers: 'every endpoint makes attempts: start more of them with `dsl serve`',
  maxLost: 'attempts that were lost with their process are made again without being counted',
  resident: 'waiting runs are kept by the server',
  compactAfter: 'the journal of a run is kept whole: let a long loop run a child flow for each so many rounds',
  metrics: "the server's own metrics are at /metrics of its node port",
  concurrency: 'limits are of tasks: give each task its `concurrency`',
  rateLimit: 'limits are of tasks: give each task its `rateLimit`',
  queue: 'limits are of tasks: give each task its `queue`',
};

/**
 * Refuses options that would be without effect, and nobody would know: all of them at once.
 *
 * @throws RestateError MR5263 for those that only the embedded engine has, MR5264 when all of them are such as nobody knows.
 */
export function checkOptions(options: object, known: readonly string[]): void {
  const problems = Object.keys(options)
    .filter((own) => !known.includes(own))
    .map((name) => {
      const why = Object.hasOwn(embeddedOnly, name) ? embeddedOnly[name] : undefined;
      if (why !== undefined)
        return { code: 'MR5263', message: `The option '${name}' means nothing on Restate: ${why}. Leave it out.` };
      const like = nearest(name, known);
      return {
        code: 'MR5264',
        message: `An endpoint on Restate has no option '${name}'. ${like === undefined ? `It has ${known.join(', ')}.` : `Did you mean '${like}'?`}`,
      };
    });
  if (problems.length === 0) return;
  const code = problems.some((one) => one.code === 'MR5263') ? 'MR5263' : 'MR5264';
  throw new RestateError(code, problems.map(({ message }) => message).join('\n'), {
    fault: 'input',
    details: { problems },
  });
}
