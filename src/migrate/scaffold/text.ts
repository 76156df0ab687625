import type { Renames, SystemDiff } from '../../model/index.ts';
import { countQuestions, printMembers, quote, wrap, type Member } from './members.ts';

/** What the module of a step says. */
export interface ScaffoldText {
  readonly system: string;
  readonly from: string;
  readonly to: string;
  readonly description?: string;
  readonly renames: Renames;
  readonly diff: SystemDiff;
  readonly members: readonly Member[];
}

/** How many breaking changes the comment at the top lists. */
const listed = 40;

/** Writes the module of a step. */
export function scaffoldText({ system, from, to, description, renames, diff, members }: ScaffoldText): string {
  const words = countQuestions(members) > 0 ? 'migration, placeholder' : 'migration';
  const comment = [
    `${system} ${from} → ${to}. The source was edited by hand: \`source\` is left out.`,
    '',
    ...named(renames),
    ...changes(diff),
  ];
  const head: readonly Member[] = [
    { key: 'from', value: quote(from) },
    { key: 'to', value: quote(to) },
    ...(description === undefined ? [] : [{ key: 'description', value: quote(description) }]),
  ];
  return [
    `import { ${words} } from 'millrace/migrate';`,
    '',
    '/**',
    ...comment.map((line) => ` * ${line}`.trimEnd()),
    ' */',
    'export default migration({',
    ...printMembers([...head, ...members], 1),
    '});',
    '',
  ].join('\n');
}

function named(renames: Renames): readonly string[] {
  const lines = [...renames].map(([path, name]) => `- ${path} → ${name}`);
  return lines.length === 0 ? [] : ['What has another name, for callers, too:', ...lines, ''];
}

function changes({ breaking, compatible }: SystemDiff): readonly string[] {
  const lines = breaking.slice(0, listed).flatMap(({ message, breaks }) => {
    // A message may quote the user's text: it must not end the comment.
    const text = `${message} ${breaks.map(({ audience, reason }) => `For ${audience}: ${reason}.`).join(' ')}`;
    return wrap(text.replaceAll('*/', '*\\/'), 113).map((line, index) => `${index === 0 ? '-' : ' '} ${line}`);
  });
  const more = breaking.length - Math.min(breaking.length, listed);
  return [
    breaking.length === 0 ? 'No other change breaks anything.' : 'What breaks, and for whom:',
    ...lines,
    ...(more > 0 ? [`- and ${more} more, which \`dsl diff\` lists`] : []),
    ...(compatible.length > 0
      ? [
          '',
          `${compatible.length} compatible ${compatible.length === 1 ? 'change' : 'changes'}, which \`dsl diff\` lists.`,
        ]
      : []),
  ];
}
