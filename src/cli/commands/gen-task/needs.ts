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
      const with_ = secrets.length === 0 ? '' : ` with ${secrets.join(', ')}`;
      return `the ${type ?? ''} resource ${name}${with_}`.replace('the  ', 'the ');
    }),
  ];
  return parts.length === 0 ? 'nothing outside' : parts.join(', ');
}
