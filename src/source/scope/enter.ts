import type { ImportNode, LocalNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import type { Site } from '../syntax/module.ts';

/** Keeps a local or import under its name; two different ones of the same name are a problem. */
export function enter(
  reading: Reading,
  use: Site,
  node: LocalNode | ImportNode,
  inner: () => Iterable<string>,
): string | undefined {
  const earlier = reading.reached.get(node.name);
  if (earlier !== undefined) {
    if (same(earlier.node, node)) return node.name;
    return reading.report(
      'MR1110',
      use,
      `'${node.name}' means something else here than in another file of the system.`,
      {
        hint: 'Give one of the two another name: the compiled module has both side by side.',
        related: [{ message: `Here '${node.name}' is another thing`, site: earlier.site }],
      },
    );
  }
  const own = new Set<string>();
  reading.reached.set(node.name, { node, needs: own, site: use });
  for (const key of inner()) own.add(key);
  return node.name;
}

function same(a: LocalNode | ImportNode, b: LocalNode | ImportNode): boolean {
  if (
    a.location.file === b.location.file &&
    a.location.line === b.location.line &&
    a.location.column === b.location.column
  )
    return true;
  if (a.kind === 'local') return b.kind === 'local' && withoutComment(a.text) === withoutComment(b.text);
  if (b.kind === 'local' || a.imported !== b.imported) return false;
  const folder = (file: string): string => file.split('/').slice(0, -1).join('/');
  return a.from === b.from && (!a.from.startsWith('.') || folder(a.location.file) === folder(b.location.file));
}

function withoutComment(text: string): string {
  return text.replace(/^(?:\/\*[^]*?\*\/\s*|\/\/[^\n]*\n\s*)*/, '');
}
