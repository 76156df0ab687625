import { basename, dirname, join } from 'node:path';
import type { Subject } from '../contract.ts';

/** Where answers that were verified are kept: may be thrown away, then they are asked for again. */
export function cacheFolder(root: string): string {
  return join(root, '.millrace', 'generate', 'cache');
}

/** Where it is written down what is about to be written. */
export function intentFolder(root: string): string {
  return join(root, '.millrace', 'generate', 'writing');
}

/** What is known of a generated file: committed with it. */
export function manifestFile({ file }: Pick<Subject, 'file'>): string {
  return join(dirname(file), '.generated', basename(file).replace(/\.ts$/, '.json'));
}
