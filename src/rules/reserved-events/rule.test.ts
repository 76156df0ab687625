import { expect, it } from 'vitest';
import { event, machine, state, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { reservedEvents } from './rule.ts';

const check = (alias: string) =>
  messages(
    reservedEvents,
    system({ events: [event('paid')], machines: [machine('m', [state('a')], { events: [{ alias, name: 'paid' }] })] }),
  );

it.each(['after.a.0', 'after.sales', 'done.state.a', 'done.run.a.ship', 'error.run.a.ship', 'error.execution'])(
  "refuses an event that a machine knows as '%s'",
  (alias) => {
    expect(check(alias)).toEqual([
      `Machine 'm' lists an event as '${alias}', a name by which machines tell themselves of timers, ends and errors.`,
    ]);
  },
);

it.each(['paid', 'after', 'done.paid', 'error.paid', 'error.communication', 'done', 'error'])(
  "'%s' is free",
  (alias) => {
    expect(check(alias)).toEqual([]);
  },
);
