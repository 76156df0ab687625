import { access, isIdentifier, propertyKey } from '../../../model/text/names.ts';

/** What a node of a graph gives its task: the input of the flow, and the results of what it needs. */
export function argumentOf(
  needs: readonly string[],
  isPlain: boolean,
): { readonly names: readonly string[]; readonly argument: string } {
  const names = ['input', ...needs.filter((need) => need !== 'input')];
  const fields = isPlain ? names : names.map((name) => `${propertyKey(name)}: scope${access(name)}`);
  return { names, argument: `{ ${fields.join(', ')} }` };
}

/** Can all of them be taken out of the scope by name, beside what is called? */
export function canDestructure(needs: readonly string[], callee: string): boolean {
  return needs.every((name) => isIdentifier(name) && name !== callee);
}
