import type { Effect } from '../../machine/index.ts';

/**
 * An effect in a few words, for tests: what a machine asks its host to do.
 *
 * @example
 * ```ts
 * import { effectText } from 'millrace/testing';
 *
 * effectText({ type: 'schedule', id: 'after.sent.0', delay: 60_000, event: { name: 'after.sent.0', payload: undefined } });
 * // 'schedule after.sent.0 in 60000 ms'
 * ```
 */
export function effectText(effect: Effect): string {
  switch (effect.type) {
    case 'emit':
      return `emit ${effect.event}`;
    case 'start':
      return `start ${effect.flow}`;
    case 'run':
    case 'stop':
    case 'unschedule':
      return `${effect.type} ${effect.id}`;
    case 'schedule':
      return `schedule ${effect.id ?? effect.event.name} in ${effect.delay} ms`;
    case 'send':
      return `send ${effect.event.name} to ${effect.target}${effect.delay === 0 ? '' : ` in ${effect.delay} ms`}`;
    default:
      return effect satisfies never;
  }
}
