/** What is said of such a member. */
export const noMember = 'no member can have this name';

/** Where a value has a member called `__proto__`, which schemas leave out without a word: the first one, by its path. */
export function lostMember(json: unknown): readonly PropertyKey[] | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  for (const [key, inner] of Object.entries(json)) {
    const path = key === '__proto__' ? [] : lostMember(inner);
    if (path !== undefined) return [Array.isArray(json) ? Number(key) : key, ...path];
  }
  return undefined;
}
