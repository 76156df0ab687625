/** The oldest Node that runs Millrace: `engines.node` in package.json says the same. */
export const oldestNode = '24.15.0';

/** Compares two plain versions such as `24.15.0`. */
export function nodeIsTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode.split('.').map(Number);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}
