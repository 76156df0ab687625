const head = (version: string): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';
export default system('clocks', { version: '${version}' });
export const wound = event('wound', { payload: z.object({ id: z.string() }) });
`;

/** A machine in two versions: a state has another name, and the context another field. */
export const texts: readonly string[] = [
  `${head('1.0.0')}export const clock = machine('clock', { key: 'id', context: z.object({ turns: z.number() }), events: { wound } })
  .states('still', { still: { on: { wound: 'running' } }, running: {} });\n`,
  `${head('2.0.0')}export const clock = machine('clock', { key: 'id', context: z.object({ turns: z.number(), maker: z.string() }), events: { wound } })
  .states('stopped', { stopped: { on: { wound: 'running' } }, running: {} });\n`,
];
