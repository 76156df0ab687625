import type { SystemModel } from '../../../model/index.ts';

/** What of the world a task may touch, in words. */
export function needsOf({ tasks, resources }: SystemModel, task: string): string {
  const { net = [], fs = [], env = [], resources: named = [] } = tasks[task]?.needs ?? {};
  const parts = [
    ...net.map((host) => `the host ${host}`),
    ...fs.map((pattern) => `files ${pattern}`),
    ...env.map((name) => `the variable ${name}`),
    ...named.map((name) => {
      const { type, env: secrets = [] } = resources[name] ?? {};
      const kind = type === undefined ? 'resource' : `${type} resource`;
      return `the ${kind} ${name}${secrets.length === 0 ? '' : ` with ${secrets.join(', ')}`}`;
    }),
  ];
  return parts.length === 0 ? 'nothing outside' : parts.join(', ');
}
