import type { z } from 'zod';

export type Schema = z.ZodType;
/** What a caller writes, before defaults and transforms. */
export type Written<S extends Schema> = z.input<S>;
/** What a reader sees, after parsing. */
export type Parsed<S extends Schema> = z.output<S>;
/** The arguments of a call: an input that may be undefined may be left out. */
export type Argument<S extends Schema> = undefined extends Written<S> ? [input?: Written<S>] : [input: Written<S>];
