import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The names of the pages of a folder, in order. */
export function pagesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .toSorted();
}

/** The text of a page. */
export function textOf(folder: string, page: string): string {
  return readFileSync(join(folder, page), 'utf8');
}

/** The pages that a text links to. */
export function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]+\.md)(?:#[^)]*)?\)/g)].map(([, page = '']) => page);
}
