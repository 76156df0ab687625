import { parseTarget } from '../../../core/index.ts';
import type { ActionOf, MachineNode } from '../../nodes/machine.ts';
import { quote } from '../../text/names.ts';
import { scan, type Token } from '../../text/scan.ts';
import { visitActions, visitStates } from '../../visit/states.ts';
import { put } from '../grammar.ts';
import { refuse } from '../problem.ts';
import { write } from './code.ts';

/** What the target of a `send` names, when that is written out: as a text, or as one that a lambda gives. */
interface WrittenTarget {
  readonly machine?: string;
  readonly run?: string;
  /** Names another machine, or other work. */
  readonly set: (to: string) => void;
}

/** The name in a target such as `shelf`, `shelf/7`, `#job`, or `({ context }) => `shelf/${context.id}``. */
export function writtenTarget(action: ActionOf<'send'>): WrittenTarget | undefined {
  const { target } = action;
  if (target === undefined) return undefined;
  if (typeof target === 'string') {
    const named = namedBy(target, true);
    return named && { ...named, set: (to) => put(action, 'target', `${named.mark}${to}${named.rest}`) };
  }
  const token = onlyLiteral(target.lambda?.body ?? '');
  const [first = ''] = (token?.parts ?? [token?.value]) as readonly string[];
  const named = token === undefined ? undefined : namedBy(first, (token.parts ?? []).length < 2);
  if (token === undefined || named === undefined) return undefined;
  const at = target.text.lastIndexOf((target.lambda?.body ?? '').trim());
  const set = (to: string): void => {
    const start = at + token.start;
    const isTemplate = token.type === 'template';
    const end = isTemplate ? start + 1 + first.length : at + token.end;
    const text = `${named.mark}${to}${named.rest}`;
    write({ node: target }, [{ start, end, text: isTemplate ? `\`${text}` : quote(text) }]);
  };
  return { ...named, set };
}

/** The name that a target begins with. What goes on behind the text must not be a part of it. */
function namedBy(
  text: string,
  isWhole: boolean,
): { readonly machine?: string; readonly run?: string; readonly mark: string; readonly rest: string } | undefined {
  const target = parseTarget(isWhole ? text : `${text}.`);
  if (target === undefined || target.kind === 'parent') return undefined;
  if (target.kind === 'run') return isWhole ? { run: target.id, mark: '#', rest: '' } : undefined;
  const slash = text.indexOf('/');
  if (!isWhole && slash === -1) return undefined;
  return { machine: target.machine, mark: '', rest: slash === -1 ? '' : text.slice(slash) };
}

/** The text that is the whole of a body. */
function onlyLiteral(body: string): Token | undefined {
  const tokens = scan(body);
  const [token] = tokens ?? [];
  const isText = token?.type === 'string' || (token?.type === 'template' && typeof token.parts?.[0] === 'string');
  return tokens?.length === 1 && isText && !body.includes('\\') ? token : undefined;
}

/** Does a lambda that gives a target have texts that may name something, other than what `writtenTarget` finds? */
function mayName(action: ActionOf<'send'>, text: string): boolean {
  const { target } = action;
  if (target === undefined || typeof target === 'string' || writtenTarget(action) !== undefined) return false;
  const has = (tokens: readonly Token[]): boolean =>
    tokens.some(
      ({ type, value, parts = [] }) =>
        (type === 'string' && begins(value, text)) ||
        parts.some((part) => (typeof part === 'string' ? begins(part, text) : has(part.code))),
    );
  return has(scan(target.text) ?? []);
}

function begins(value: string, text: string): boolean {
  return value === text || value.startsWith(`${text}/`);
}

/** Refuses a new name for what a computed target of a machine may name: `shelf` or `#job`. */
export function checkTargets(machine: MachineNode, text: string): void {
  visitStates(machine, (state) => {
    visitActions(state, (action) => {
      if (action.kind !== 'send' || !mayName(action, text)) return;
      const at = typeof action.target === 'object' ? action.target.location : action.location;
      refuse('MR1786', at, `The new name of '${text}' cannot be followed: this target is computed.`, {
        hint: 'Write the whole target as one text, such as `shelf/${context.id}`.',
      });
    });
  });
}
