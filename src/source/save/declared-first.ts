import { ts } from '../syntax/typescript.js';
import { applyEdits } from './edits.ts';
import { parse } from './parse.ts';
import { namesOf, pieceOf, startWithComments } from './pieces.ts';
import { statementEdit } from './removed.ts';
import type { Style } from './style.ts';

/**
 * A text in which no constant is used before it is there, as far as the text before its change kept to that: what a
 * statement newly names when the file is executed goes before it, with its comments and with what it names itself.
 */
export function declaredFirst(before: string, after: string, style: Style): string {
  const source = parse(after).source as ts.SourceFile;
  const { statements } = source;
  const known = early(parse(before).source);
  const uses = usesOf(statements);
  const isNew = (from: number, to: number): boolean => !known.has(pair(statements, from, to));
  if (!uses.some((others, at) => others.some((to) => to > at && isNew(at, to)))) return after;
  const order: number[] = [];
  const done = new Set<number>();
  const emit = (at: number, isMoved: boolean): void => {
    if (done.has(at)) return;
    done.add(at);
    for (const to of uses[at] ?? []) if ((isMoved || to > at) && isNew(at, to)) emit(to, true);
    order.push(at);
  };
  statements.forEach((_, at) => emit(at, false));
  return rearranged({ text: after, source }, order, style);
}

/** Puts statements into another order: those that come earlier than they did take their places anew. */
function rearranged(module: { text: string; source: ts.SourceFile }, order: readonly number[], style: Style): string {
  const { statements } = module.source;
  const edits = [];
  let waiting: string[] = [];
  // Seen from the end, what comes before all that stands behind it has stayed where it was.
  const stays = new Set<number>();
  let lowest = order.length;
  for (const at of order.toReversed()) {
    if (at < lowest) stays.add(at);
    lowest = Math.min(lowest, at);
  }
  for (const at of order) {
    const statement = statements[at] as ts.Statement;
    const start = startWithComments(module, statement);
    if (!stays.has(at)) {
      waiting.push(pieceOf(module, statement));
      edits.push(statementEdit(module, statement, start));
      continue;
    }
    if (waiting.length === 0) continue;
    const gap = style.eol + style.eol;
    edits.push({ start, end: start, text: waiting.join(gap) + gap });
    waiting = [];
  }
  return applyEdits(module.text, edits);
}

/** The uses of constants that are not there yet, by their names. */
function early({ statements }: ts.SourceFile): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [at, others] of usesOf(statements).entries())
    for (const to of others) if (to > at) found.add(pair(statements, at, to));
  return found;
}

function pair(statements: readonly ts.Statement[], from: number, to: number): string {
  const name = (at: number): string => namesOf(statements[at] as ts.Statement)[0] ?? `#${at}`;
  return `${name(from)} ${name(to)}`;
}

/** The statements that each needs when it is executed. Functions are there from the beginning, types need not be. */
function usesOf(statements: readonly ts.Statement[]): readonly (readonly number[])[] {
  const home = new Map<string, number>();
  for (const [at, statement] of statements.entries())
    if (ts.isVariableStatement(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement))
      for (const name of namesOf(statement)) home.set(name, at);
  return statements.map((statement, own) => {
    const found = new Set<number>();
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) || ts.isTypeNode(node)) return;
      if (ts.isIdentifier(node)) {
        const at = home.get(node.text);
        if (at !== undefined && at !== own) found.add(at);
        return;
      }
      const { name } = node as { readonly name?: ts.Node };
      const isNamed = !ts.isShorthandPropertyAssignment(node);
      ts.forEachChild(node, (child) =>
        isNamed && child === name && ts.isIdentifier(child) ? undefined : visit(child),
      );
    };
    const isRun =
      ts.isVariableStatement(statement) || ts.isExportAssignment(statement) || ts.isClassDeclaration(statement);
    if (isRun || ts.isExpressionStatement(statement)) visit(statement);
    return [...found].toSorted((a, b) => a - b);
  });
}
