import { quote } from '../../model/text/names.ts';
import { scoped, type ScopeName } from './ecmascript/value.ts';

/** What `_event` is in one place of a document. */
export interface EventView {
  /** The whole of it, as an expression. */
  readonly whole: string;
  /** One field of it. */
  readonly field: (name: string) => string;
}

/** The names of an event's fields in a document. */
const fields = ['name', 'type', 'sendid', 'origin', 'origintype', 'invokeid', 'data'] as const;

/** The payload is the data of the event; the document reads nothing else of it. */
export const dataView = (payload: ScopeName): EventView => ({
  whole: `({ data: ${scoped(payload)} })`,
  field: (name) => (name === 'data' ? scoped(payload) : 'undefined'),
});

/** The payload carries all fields of the event. */
export const envelopeView = (payload: ScopeName): EventView => ({
  whole: `({ ${fields.map((name) => `${name}: ${scoped(payload)}.${name}`).join(', ')} })`,
  field: (name) => (name === 'raw' ? 'undefined' : `${scoped(payload)}.${name}`),
});

/** An event of the machine itself: its name is known, its payload is its data. */
export function platformView(
  name: string,
  payload: ScopeName,
  more: { readonly invokeid?: string; readonly sendid?: string } = {},
): EventView {
  const { invokeid, sendid } = more;
  const known: Readonly<Record<string, string>> = {
    name: quote(name),
    type: quote(invokeid === undefined ? 'platform' : 'external'),
    data: scoped(payload),
    ...(invokeid === undefined ? {} : { invokeid: quote(invokeid) }),
    ...(sendid === undefined ? {} : { sendid }),
  };
  const field = (wanted: string): string => known[wanted] ?? 'undefined';
  return { whole: `({ ${fields.map((each) => `${each}: ${field(each)}`).join(', ')} })`, field };
}

/** The event that was taken last, kept in the context for places that see no event themselves. */
export const storedView: EventView = {
  whole: `${scoped('context')}._event`,
  field: (name) => `${scoped('context')}._event.${name}`,
};
