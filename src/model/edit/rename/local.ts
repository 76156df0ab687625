import type { ExpressionNode, LocalNode, SchemaNode } from '../../nodes/expression.ts';
import { readCode } from '../../text/bindings.ts';
import { camelCase, isIdentifier } from '../../text/names.ts';
import { renameOuter, spliced } from '../../text/rename.ts';
import { globalNames } from '../../text/words.ts';
import { visitCalls } from '../../visit/expressions.ts';
import { checkFree } from '../add.ts';
import type { Step } from '../find.ts';
import { maps, put, type MapName, type Owner } from '../grammar.ts';
import type { Place } from '../place.ts';
import { Refused, refuse, type Problem } from '../problem.ts';
import { changeCode, codeIn, shortened, type CodeSite } from './code.ts';
import { renameKey } from './definition.ts';

/** Gives a declaration or an import another name, also in all code that reaches it. */
export function renameLocal(step: Step, place: Place, to: string): void {
  const { work } = step;
  const map = place.map as 'locals' | 'imports';
  const from = place.definition as string;
  if (!isIdentifier(to) || globalNames.has(to)) {
    refuse(
      'MR1782',
      place.location,
      `'${to}' cannot be the name of a ${maps[map]}: it means something already, or is no name.`,
    );
  }
  checkFree(step, map, to, place.location);
  checkConstants(step, place, to);
  const what = `The new name of '${from}'`;
  const isUser = (node: { readonly uses: readonly string[] }): boolean => node.uses.includes(from);
  for (const [userMap, name] of usersOf(step, from)) {
    const sites = codeIn(userMap, work.open(userMap, name) as Owner).filter(({ node }) => isUser(node));
    changeCode(sites, what, (text) => renameOuter(text, from, to));
    for (const { node } of sites) renameUse(node, from, to);
  }
  renameInLocals(step, from, to, what);
  const node = work.open(map, from) as Owner;
  node['name'] = to;
  renameKey(step, map, from, to);
}

/** A lambda could not call a definition whose constant has the same name. */
function checkConstants({ work }: Step, place: Place, to: string): void {
  const { model } = work;
  for (const map of ['events', 'tasks', 'flows', 'machines', 'agents', 'resources'] as const) {
    for (const node of Object.values(model[map])) {
      if (camelCase(node.name) !== to) continue;
      refuse('MR1782', place.location, `'${to}' is what ${maps[map]} '${node.name}' is called in code.`, {
        related: [{ message: 'it stands here', location: node.location }],
      });
    }
  }
  visitCalls(model, (call) => {
    const body = call.lambda.lambda?.body ?? '';
    const code = body.startsWith(to) ? readCode(call.lambda.text) : undefined;
    if (
      code === undefined ||
      !code.occurrences(to).some(({ at, binding }) => binding === undefined && code.tokens[at + 1]?.value === '(')
    )
      return;
    refuse('MR1782', place.location, `'${to}' is what '${call.target.name}' is called in code.`, {
      related: [{ message: 'it is called here', location: call.location }],
    });
  });
}

function usersOf({ work }: Step, name: string): readonly (readonly [MapName, string])[] {
  const { model } = work;
  const users: (readonly [MapName, string])[] = [];
  for (const map of ['events', 'tasks', 'flows', 'machines'] as const) {
    for (const [key, node] of Object.entries(model[map])) {
      const sites: readonly CodeSite[] = codeIn(map, node as unknown as Owner);
      if (sites.some(({ node: code }) => code.uses.includes(name))) users.push([map, key]);
    }
  }
  return users;
}

function renameUse(node: ExpressionNode | SchemaNode | LocalNode, from: string, to: string): void {
  put(node, 'uses', node.uses.map((name) => (name === from ? to : name)).toSorted());
}

function renameInLocals({ work }: Step, from: string, to: string, what: string): void {
  const problems: Problem[] = [];
  for (const [key, local] of Object.entries(work.model.locals)) {
    const isUser = local.uses.includes(from);
    // What is declared together stands in one text.
    if (!isUser && !local.text.includes(from)) continue;
    const renaming = renameOuter(local.text, from, to, true);
    if ('problem' in renaming) {
      problems.push({
        code: 'MR1786',
        message: `${what} cannot be followed in '${shortened(local.text)}': ${renaming.problem}.`,
        location: local.location,
      });
      continue;
    }
    if (!isUser && renaming.splices.length === 0) continue;
    const node = work.open('locals', key) as unknown as LocalNode;
    put(node, 'text', spliced(local.text, renaming.splices));
    if (isUser) renameUse(node, from, to);
  }
  if (problems.length > 0) throw new Refused(problems);
}
