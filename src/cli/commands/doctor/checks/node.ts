import { nodeIsTooOld, oldestNode } from '../../../node-version.ts';
import type { Check } from '../check.ts';

/** Is this Node new enough? */
export const node: Check = () => {
  const version = process.versions.node;
  return nodeIsTooOld(version)
    ? {
        name: 'node',
        status: 'problem',
        message: `Node ${version}`,
        hint: `Millrace needs Node ${oldestNode} or newer.`,
      }
    : { name: 'node', status: 'ok', message: `Node ${version} (${process.execPath})` };
};
