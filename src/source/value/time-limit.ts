import { milliseconds, type Duration } from '../../core/index.ts';
import { duration, wrong, type Reader } from './readers.ts';

/** How long work may take. Nothing can be done in no time, so `'0s'` is a mistake; a wait may well take none. */
export const timeLimit: Reader<Duration> = (reading, site) => {
  const value = duration(reading, site);
  if (value === undefined || milliseconds(value) > 0) return value;
  return wrong(reading, site, 'a timeout above zero', 'Without a `timeout` a task may take 30s, and a flow for ever.');
};
