import type { ts } from 'ts-morph';
import { inOrder, namedBy } from '../print/order.ts';
import { printDefinition, type DefinitionNode } from '../print/definitions.ts';
import type { Module } from '../syntax/module.ts';
import { definitionsOf } from './changes.ts';
import { docRange } from './description.ts';
import type { Job } from './job.ts';
import { parse } from './parse.ts';
import { inStyle } from './style.ts';
import { pastLineComments } from './trivia.ts';

/** Adds the new definitions: behind the last of their kind in their file, or before the first that needs them when it is executed. */
export function addDefinitions(job: Job): void {
  const names = new Set(job.changes.added.map(({ name }) => name));
  const added = inOrder(job.after).filter(({ name }) => names.has(name));
  const before = new Map<string, ts.Node>();
  for (const node of added.toReversed()) {
    const user = firstUser(job, node, before);
    if (user !== undefined) before.set(node.name, user);
  }
  for (const node of added) {
    const module = homeOf(job, node);
    const style = job.style(module);
    const to = job.printing(module, job.after);
    const code = parse(printDefinition(to, node));
    job.printed(to);
    const styled = inStyle(code, style, '');
    const text = style.semicolons ? styled : styled.replace(/;$/, '');
    const user = before.get(node.name);
    if (user !== undefined) {
      const at = docRange(module, user)?.pos ?? user.getStart(module.source);
      job.edit(module, [{ start: at, end: at, text: `${text}${style.eol}${style.eol}` }]);
      continue;
    }
    const at = endOf(job, module, node.kind);
    const isAlone = /^[^\S\n\r]*(?:[\n\r]|$)/.test(module.text.slice(at));
    const end = isAlone ? '' : style.eol;
    const isEnd = at === module.text.length;
    job.edit(module, [{ start: at, end: at, text: `${style.eol}${style.eol}${text}${isEnd ? style.eol : end}` }]);
  }
}

function homeOf(job: Job, { name }: DefinitionNode): Module {
  return job.fresh.get(name)?.module ?? job.opened.call.module;
}

/** The first statement of the file that names the definition outside of lambdas. */
function firstUser(job: Job, node: DefinitionNode, found: ReadonlyMap<string, ts.Node>): ts.Node | undefined {
  const home = homeOf(job, node);
  const all = definitionsOf(job.after);
  const users = [...all.values()].filter((other) => namedBy(other).includes(node.name));
  const statements = users.flatMap((user) => {
    const own = job.opened.members.find(({ name }) => name === user.name)?.definition;
    if (own !== undefined) return own.head.module === home ? [own.statement] : [];
    return homeOf(job, user) === home ? (found.get(user.name) ?? []) : [];
  });
  return statements.toSorted((a, b) => a.pos - b.pos)[0];
}

/** Behind the last definition of its kind in a file, or the last of all, or the system, or all that it has. */
function endOf(job: Job, module: Module, kind: DefinitionNode['kind']): number {
  const { members, call } = job.opened;
  const gone = new Set(job.changes.removed.map(({ name }) => name));
  const own = members.flatMap(({ definition, name }) =>
    definition.module === module && !gone.has(name) ? [definition] : [],
  );
  const like = own.filter(({ verb }) => verb === kind);
  const statements = (like.length > 0 ? like : own).map(({ statement }) => statement);
  const last = statements.toSorted((a, b) => b.end - a.end)[0] ?? (call.module === module ? call.statement : undefined);
  return last === undefined ? module.text.trimEnd().length : pastLineComments(module.text, last.end);
}
