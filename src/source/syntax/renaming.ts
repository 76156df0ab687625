import { ts } from './typescript.js';
import type { Fix } from '../../model/index.ts';
import { startOf } from './location.ts';
import type { Site } from './module.ts';

/** The fix that puts another name in the place of one: nothing where that would change more than the name. */
export function renaming(site: Site, to: string): Fix | undefined {
  const { node, module } = site;
  const start = startOf(site);
  const title = (from: string): string => `Replace '${from}' by '${to}'`;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    if (/['"`\\\n\r$]/.test(to)) return undefined;
    return {
      title: title(node.text),
      edits: [{ file: module.display, start: start + 1, end: node.end - 1, text: to }],
    };
  }
  if (!ts.isIdentifier(node) || !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(to)) return undefined;
  // `{ tiemout }` is a name and a value at once.
  if (/[{,]\s*$/.test(module.text.slice(0, start)) && /^\s*[,}]/.test(module.text.slice(node.end))) return undefined;
  return { title: title(node.text), edits: [{ file: module.display, start, end: node.end, text: to }] };
}
