import compareBuild from 'semver/functions/compare-build.js';
import inc from 'semver/functions/inc.js';
import valid from 'semver/functions/valid.js';
import { isRaisedFor } from '../../model/index.ts';

/** Is this a semantic version, written as the language wants it: no `v`, no spaces, all three numbers? */
export function isVersion(text: string): boolean {
  return /^\d/.test(text) && text.trim() === text && valid(text) !== null;
}

/** Orders versions as semantic versioning does; build numbers last. */
export function compareVersions(a: string, b: string): number {
  return compareBuild(a, b);
}

/** The smallest version after `from` that a change of this kind demands. */
export function raised(from: string, change: 'breaking' | 'compatible'): string {
  // Below 1.0.0 the second number says what the first one says later.
  const next = change === 'compatible' ? 'minor' : from.startsWith('0.') ? 'minor' : 'major';
  const found = inc(from, next) ?? from;
  return isRaisedFor(from, found, change) ? found : (inc(found, 'major') ?? found);
}
