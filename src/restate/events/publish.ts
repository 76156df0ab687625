import type { Context } from '@restatedev/restate-sdk';
import type { Place, Published } from '../contract.ts';
import { json } from '../json.ts';

/**
 * Publishes events from within a handler. Each receiver gets them in this order, and after all that the same run, or the
 * same virtual object, has published before. Who they are is for the newest deployment to say, also where a run is pinned
 * to an older one. Their payloads have been checked (`payloadText`). `run`: the run that publishes; a run that is begun anew
 * is another invocation.
 */
export function publish(ctx: Context, place: Place, published: readonly Published[], run?: string): void {
  if (published.length === 0) return;
  const { id, target } = ctx.request();
  ctx.genericSend<readonly Published[]>({
    service: place.names.outbox,
    key: run ?? (target.key === undefined ? id : `${target.service}/${target.key}`),
    method: 'hand',
    parameter: published,
    inputSerde: json(),
    name: published.map((event) => event.name).join(', '),
  });
}
