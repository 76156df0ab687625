import { hash } from 'node:crypto';

// From the run and the place in it, so that a replay draws the same without a record.
const draw = (run: string, part: string, count: number): string =>
  hash('sha256', JSON.stringify([run, part, count]), 'hex');

/** A number in [0, 1). */
export function numberFrom(run: string, part: string, count: number): number {
  return Number.parseInt(draw(run, part, count).slice(0, 13), 16) / 2 ** 52;
}

/** A UUID (version 8: made of a hash). */
export function idFrom(run: string, part: string, count: number): string {
  const hex = draw(run, part, count);
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
