/** What of a system counts here. It is the same whether it was read or loaded; only the places are told otherwise. */
export interface Declares<Place> {
  readonly tasks: readonly {
    readonly name: string;
    /** Of what kinds its evidence is. */
    readonly evidence: readonly string[];
    readonly priority: number;
    readonly source: Place;
  }[];
  /** What `retention` says of runs. */
  readonly runs: object;
  readonly source: Place;
}

/** Something that a system says and Restate cannot do. */
export interface Unsupported<Place> {
  readonly code: string;
  /** What it is, with the name of the declaration. */
  readonly message: string;
  /** What to do instead. */
  readonly hint: string;
  /** Where the declaration is; that of the system where no declaration stands for it. */
  readonly source: Place;
}

interface Refused {
  readonly code: string;
  readonly hint: string;
  /** What in a system is refused, each in words that go on after "On Restate". */
  readonly find: <Place>(system: Declares<Place>) => readonly { readonly says: string; readonly source: Place }[];
}

/** What systems may declare on the embedded engine and not on Restate. `docs/restate.md` has the same list for people. */
const table: readonly Refused[] = [
  {
    code: 'MR5260',
    hint: 'Let the task itself look the row up and throw when it is missing, or give it evidence of files or of an exit code.',
    find: tasks(({ evidence, name }) =>
      evidence.includes('row') ? `the task '${name}' cannot have evidence of the kind \`row\`` : undefined,
    ),
  },
  {
    code: 'MR5261',
    hint: 'Leave it out: attempts that wait for their turn go in the order in which they came. Or give what is urgent a task of its own, with limits of its own.',
    find: tasks(({ priority, name }) => (priority === 0 ? undefined : `the task '${name}' cannot have a \`priority\``)),
  },
  {
    code: 'MR5262',
    hint: 'Say `maxAge` instead: Restate lets go of what has ended after a time, and does not count it.',
    find: ({ runs, source }) =>
      ['keep', 'maxSize']
        .filter((name) => Reflect.get(runs, name) !== undefined)
        .map((name) => ({ says: `\`retention\` of runs cannot have \`${name}\``, source })),
  },
];

/** Everything that a system says and Restate cannot do: all of it, in the order of the table. */
export function unsupported<Place>(system: Declares<Place>): readonly Unsupported<Place>[] {
  return table.flatMap(({ code, hint, find }) =>
    find(system).map(({ says, source }) => ({ code, message: `On Restate ${says}.`, hint, source })),
  );
}

function tasks(says: (task: Declares<unknown>['tasks'][number]) => string | undefined): Refused['find'] {
  return ({ tasks: all }) =>
    all.flatMap((task) => {
      const words = says(task);
      return words === undefined ? [] : [{ says: words, source: task.source }];
    });
}
