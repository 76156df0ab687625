import { visitStates, type SystemModel } from '../../model/index.ts';
import { parsePath, pathName, type PathPiece } from '../../model/edit/path.ts';
import { shapeOf } from '../../source/schemas/read-shape.ts';
import { brokenIn, guessed, sentence, type Broken, type Drafting } from './drafting.ts';
import { quote, type Member } from './members.ts';
import { typeText } from './type-text.ts';

/** How instances come along. */
export function draftInstances(drafting: Drafting): readonly Member[] {
  const { before, after, answers, guesses } = drafting;
  return Object.values(before.machines).flatMap(({ name }): readonly Member[] => {
    const path = `machines.${pathName(name)}`;
    const now = answers.renames.get(path) ?? name;
    if (after.machines[now] === undefined) {
      const question = `Machine '${name}' is gone. ${guessed(guesses.get(path), (guess) => `write machine: ${JSON.stringify(guess).replaceAll('"', "'")} instead of this`)}Gone for good? Then remove this entry: its instances stay as they are, and are listed.`;
      return [{ key: name, value: [{ key: 'context', value: { question } }] }];
    }
    const broken = brokenIn(drafting, 'machines', now, 'instances');
    const members: Member[] = now === name ? [] : [{ key: 'machine', value: quote(now) }];
    const states = draftStates(drafting, name, now);
    if (states.length > 0) members.push({ key: 'states', value: states });
    members.push(...draftContext(drafting, name, broken));
    // What is drafted is said there.
    const rest = broken.filter(
      ({ change: { kind }, pieces }) => !(kind === 'removed' && pieces.length === 4) && !isContext(pieces),
    );
    const comments = rest.map(({ change, reasons }) => `${change.message} ${sentence(reasons)}`);
    if (members.length > 0) return [{ key: name, value: members, comments }];
    if (comments.length === 0) return [];
    const question = 'Do its instances come along as they are? Then remove this entry.';
    return [{ key: name, value: [{ key: 'context', value: { question } }], comments }];
  });
}

const isContext = (pieces: readonly PathPiece[]): boolean => pieces.at(-1)?.name === 'context' && pieces.length !== 4;

function draftStates(drafting: Drafting, name: string, now: string): readonly Member[] {
  const { before, after, answers, guesses } = drafting;
  const members: Member[] = [];
  const there = new Set<string>();
  const leaves: string[] = [];
  let hasRegions = false;
  const next = after.machines[now];
  if (next !== undefined) {
    visitStates(next, ({ name: state, type }) => {
      there.add(state);
      hasRegions ||= type === 'parallel';
      if (type === 'atomic' || type === 'final') leaves.push(state);
    });
  }
  const old = before.machines[name];
  if (old === undefined) return [];
  const several = hasRegions ? ', or a list of them in parallel regions' : '';
  const targets = `Where they may go: ${leaves.join(', ')}${several}; null: they stay as they are, and are listed; or a function of the context.`;
  let isSaid = false;
  visitStates(old, ({ name: state, type }) => {
    const path = `machines.${pathName(name)}.states.${pathName(state)}`;
    const known = answers.renames.get(path) ?? answers.merged.get(path);
    if (known !== undefined) members.push({ key: state, value: quote(known) });
    // An instance stands in leaves: what is around them follows from the new machine.
    else if (!there.has(state) && (type === 'atomic' || type === 'final')) {
      const isDropped = answers.dropped.has(path);
      const guess = isDropped ? undefined : guesses.get(path);
      const question = `State '${state}' is gone. ${guessed(guess, (to) => `write '${to}'`)}Where do instances in it go?`;
      // Said once for all states of the machine.
      const comments = isSaid ? [] : [targets];
      isSaid = true;
      members.push({ key: state, value: { question }, comments });
    }
  });
  return members;
}

function draftContext({ before, after }: Drafting, name: string, broken: readonly Broken[]): readonly Member[] {
  const changed = broken.filter(({ pieces }) => isContext(pieces));
  if (changed.length === 0) return [];
  const texts = changed.flatMap(({ change: { message, path }, reasons }) => {
    const [old, next] = [schemaAt(before, `machines.${pathName(name)}`), schemaAt(after, path)];
    const shown =
      old !== undefined && next !== undefined && path.split('.').length === 3 ? [`Before: ${old}. Now: ${next}.`] : [];
    return [`${message} ${sentence(reasons)}`, ...shown];
  });
  const isLost = changed.every(({ reasons }) => reasons.every((reason) => reason.includes('lost')));
  const question = isLost
    ? 'Fields are left out of the context, and what they hold is lost. All right? Then remove this line.'
    : 'How does the new context come from the old one?';
  return [
    {
      key: 'context',
      value: { question },
      comments: [
        ...texts,
        `A function of the old context: (context: ${contextType(before, name)}) => ({ ...context, … }).`,
      ],
    },
  ];
}

/** The type of what instances have stored, where it is short enough to be read. */
function contextType(before: SystemModel, name: string): string {
  const machine = before.machines[name];
  const type = machine === undefined ? undefined : typeText(shapeOf(machine.context, before));
  return type === undefined || type.length > 200 ? '{ … }' : type;
}

function schemaAt(model: SystemModel, path: string): string | undefined {
  const parsed = parsePath(path);
  if ('problem' in parsed) return undefined;
  const machine = model.machines[parsed.pieces[1]?.name ?? ''];
  const text = machine?.context.text.replaceAll(/\s+/g, ' ');
  return text === undefined || text.length > 150 ? undefined : text;
}
