import type { AnyTask } from '../../flow/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';

/** Something that a system says and Restate cannot do. */
export interface Unsupported {
  readonly code: string;
  /** What it is, with the name of the declaration. */
  readonly message: string;
  /** What to do instead. */
  readonly hint: string;
  /** `file:line:column` of the declaration; only the file where no declaration stands for it. */
  readonly source: string;
}

interface Refused {
  readonly code: string;
  readonly hint: string;
  /** What in a system is refused, each in words that go on after "On Restate". */
  readonly find: (system: BoundSystem) => readonly { readonly says: string; readonly source: string }[];
}

/** What systems may declare on the embedded engine and not on Restate. `docs/restate.md` has the same list for people. */
const table: readonly Refused[] = [
  {
    code: 'MR5260',
    hint: 'Let the task itself look the row up and throw when it is missing, or give it evidence of files or of an exit code.',
    find: tasks(({ evidence, contract }) =>
      evidence?.claims.some(({ kind }) => kind === 'row') === true
        ? `the task '${contract}' cannot have evidence of the kind \`row\``
        : undefined,
    ),
  },
  {
    code: 'MR5261',
    hint: 'Leave it out: attempts that wait for their turn go in the order in which they came. Or give what is urgent a task of its own, with limits of its own.',
    find: tasks(({ policy: { priority = 0 }, contract }) =>
      priority === 0 ? undefined : `the task '${contract}' cannot have a \`priority\``,
    ),
  },
  {
    code: 'MR5262',
    hint: 'Say `maxAge` instead: Restate lets go of what has ended after a time, and does not count it.',
    find: ({ retention: { runs } = {}, source }) =>
      (['keep', 'maxSize'] as const)
        .filter((name) => runs?.[name] !== undefined)
        .map((name) => ({ says: `\`retention\` of runs cannot have \`${name}\``, source })),
  },
];

/** Everything that a system says and Restate cannot do: all of it, in the order of the table. */
export function unsupported(system: BoundSystem): readonly Unsupported[] {
  return table.flatMap(({ code, hint, find }) =>
    find(system).map(({ says, source }) => ({ code, message: `On Restate ${says}.`, hint, source })),
  );
}

function tasks(says: (task: AnyTask) => string | undefined): Refused['find'] {
  return ({ tasks: all }) =>
    Object.values(all).flatMap((task) => {
      const words = says(task);
      return words === undefined ? [] : [{ says: words, source: task.source }];
    });
}
