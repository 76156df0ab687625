import type { RestateReader } from '../../../restate/index.ts';
import type { RunView } from '../../../runtime/index.ts';
import { time } from '../../kit/read-store.ts';
import { shorten } from '../../kit/table.ts';

/** What a run on Restate that has not ended waits for, in a few words. */
export async function waitsOnRestate(reader: RestateReader, { id, status }: RunView): Promise<string> {
  if (status === 'paused') return 'to be resumed';
  if (status === 'blocked') return 'to be mended';
  if (status !== 'waiting' && status !== 'running') return '';
  const open = (await reader.steps(id)).filter((step) => step.status === 'waiting' || step.status === 'running');
  const of = (kind: string): typeof open => open.filter((step) => step.kind === kind);
  const asked = of('approve').map(({ path }) => path);
  const events = of('receive').map(({ target }) => target ?? '');
  const parts = [
    asked.length > 0 ? `to be decided: ${asked.join(', ')}` : '',
    events.length > 0 ? `event ${events.join(', ')}` : '',
    ...of('sleep').map(({ output }) => (typeof output === 'number' ? `until ${time(output)}` : '')),
    ...of('step').flatMap((step) => (step.status === 'waiting' ? [`another try of ${step.path}`] : [])),
    ...(status === 'waiting' ? of('child').map(({ path }) => `${id}/${path}`) : []),
  ];
  return shorten(parts.filter((part) => part !== '').join('; '), 60);
}
