/** Do two versions differ by a breaking step: in their first number, or below 1.0.0 in their second? */
export function isBreaking(a: string | null, b: string): boolean {
  if (a === null || a === b) return false;
  const [one, other] = [lineOf(a), lineOf(b)];
  return one !== undefined && other !== undefined && one !== other;
}

/** Versions of one line understand each other's rows. */
function lineOf(version: string): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(version) ?? [];
  return major === '0' ? `0.${minor}` : major;
}
