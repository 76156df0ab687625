import { parsePath, pathName } from '../../model/edit/path.ts';
import { brokenIn, guessed, nameNow, sentence, type Broken, type Drafting } from './drafting.ts';
import { quote, type Member } from './members.ts';
import { newPath, stepsThatRecord } from './names.ts';

/** What becomes of runs in flight. */
export function draftRuns(drafting: Drafting): readonly Member[] {
  const { before, guesses } = drafting;
  return Object.values(before.flows).flatMap(({ name }): readonly Member[] => {
    const path = `flows.${pathName(name)}`;
    const now = nameNow(drafting, 'flows', name);
    if (now === undefined) {
      const question = `Flow '${name}' is gone. ${guessed(guesses.get(path), (guess) => `write { flow: '${guess}' }`)}What becomes of its runs in flight?`;
      const comments = ["'block' leaves them, blocked, and lists them; 'cancel' cancels them, and runs their undos."];
      return [{ key: name, value: { question }, comments }];
    }
    const steps = renamedSteps(drafting, name);
    const broken = brokenIn(drafting, 'flows', now, 'runs');
    const inBody = broken.filter(({ pieces }) => pieces[2]?.name === 'body');
    const results = changedResults(drafting, name);
    if (inBody.length > 0)
      return [{ key: name, value: blocked(inBody, now === name ? undefined : now, steps) }].map(withComments(inBody));
    const input = broken.find(({ pieces }) => pieces[2]?.name === 'input');
    const members: Member[] = [
      ...(now === name ? [] : [{ key: 'flow', value: quote(now) }]),
      ...(steps.length === 0 ? [] : [{ key: 'steps', value: steps }]),
      ...(input === undefined
        ? []
        : [
            {
              key: 'input',
              value: { question: 'How does the new input come from the old one?' },
              comments: said(input),
            },
          ]),
      ...(results.length === 0 ? [] : [{ key: 'results', value: results }]),
    ];
    return members.length === 0 ? [] : [{ key: name, value: members }];
  });
}

const said = ({ change, reasons }: Broken): readonly string[] => [`${change.message} ${sentence(reasons)}`];

const withComments =
  (broken: readonly Broken[]) =>
  (member: Member): Member => ({
    ...member,
    comments: [
      ...broken.slice(0, 8).map((each) => said(each)[0] ?? ''),
      ...(broken.length > 8 ? [`And ${broken.length - 8} more changes: \`dsl diff\` lists them.`] : []),
      "'block' leaves such runs, blocked, and lists them; 'cancel' cancels them, and runs their undos; an object with `steps` maps what they have recorded.",
    ],
  });

function blocked(
  broken: readonly Broken[],
  flow: string | undefined,
  steps: readonly Member[],
): { readonly question: string } {
  const renamed = steps.map(({ key, value }) => `'${key}': ${String(value)}`).join(', ');
  const known = [
    ...(flow === undefined ? [] : [`flow: '${flow}'`]),
    ...(renamed === '' ? [] : [`steps: { ${renamed} }`]),
  ].join(', ');
  const such = known === '' ? '' : ` (an object begins with { ${known} })`;
  const changes = broken.length === 1 ? 'a change' : 'changes';
  return { question: `Its runs in flight meet ${changes} that they cannot follow. What becomes of them?${such}` };
}

function renamedSteps({ answers }: Drafting, flow: string): readonly Member[] {
  const prefix = `flows.${pathName(flow)}.body.`;
  return [...answers.renames.keys()].flatMap((path) => {
    if (!path.startsWith(prefix)) return [];
    // What is around it may have another name, too.
    const [, now = ''] = /\.body\.([^]*)$/.exec(newPath(path, answers.renames)) ?? [];
    return [{ key: plain(path.slice(prefix.length)), value: quote(plain(now)) }];
  });
}

/** A path without its quotes. */
function plain(path: string): string {
  const parsed = parsePath(path);
  return 'problem' in parsed ? path : parsed.pieces.map(({ name }) => name).join('/');
}

/** What steps have recorded of tasks and events whose values are other ones now. */
function changedResults(drafting: Drafting, flow: string): readonly Member[] {
  const { before } = drafting;
  const ask = (map: 'tasks' | 'events', field: string, name: string, question: string): readonly Member[] => {
    const now = nameNow(drafting, map, name);
    const broken = now === undefined ? [] : brokenIn(drafting, map, now, 'runs');
    const first = broken.find(({ pieces }) => pieces[2]?.name === field);
    if (first === undefined) return [];
    return stepsThatRecord(before, flow, map === 'tasks' ? 'task' : 'event', name).map((key, index) => ({
      key,
      value: { question },
      ...(index === 0 && { comments: said(first) }),
    }));
  };
  return [
    ...Object.keys(before.tasks).flatMap((name) =>
      ask('tasks', 'output', name, `How does a recorded result of '${name}' become what it gives now?`),
    ),
    ...Object.keys(before.events).flatMap((name) =>
      ask('events', 'payload', name, `How does a recorded payload of '${name}' become what it holds now?`),
    ),
  ];
}

/** What becomes of events that nobody has taken yet. */
export function draftEvents(drafting: Drafting): readonly Member[] {
  const { before, guesses } = drafting;
  return Object.values(before.events).flatMap(({ name }): readonly Member[] => {
    const now = nameNow(drafting, 'events', name);
    if (now === undefined) {
      // What went for good waits until it is forgotten.
      const guess = guesses.get(`events.${pathName(name)}`);
      if (guess === undefined) return [];
      const question = `Event '${name}' is gone. Renamed to '${guess}'? Then write event: '${guess}' instead of this. Gone for good? Then remove this entry.`;
      return [{ key: name, value: [{ key: 'payload', value: { question } }] }];
    }
    const broken = brokenIn(drafting, 'events', now, 'runs').find(({ pieces }) => pieces[2]?.name === 'payload');
    const members: Member[] = [
      ...(now === name ? [] : [{ key: 'event', value: quote(now) }]),
      ...(broken === undefined
        ? []
        : [
            {
              key: 'payload',
              value: { question: 'How does the new payload come from the old one?' },
              comments: said(broken),
            },
          ]),
    ];
    return members.length === 0 ? [] : [{ key: name, value: members }];
  });
}

/** The new names of tasks in what runs have recorded. */
export function draftTasks(drafting: Drafting): readonly Member[] {
  const { before, answers } = drafting;
  return Object.keys(before.tasks).flatMap((name) => {
    const now = answers.renames.get(`tasks.${pathName(name)}`);
    return now === undefined ? [] : [{ key: name, value: quote(now) }];
  });
}
