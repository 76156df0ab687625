import { z } from 'zod';
import type { Answered, Notice } from './inside/wire.ts';

export type Line = Answered | Notice;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue('no JSON');
    return z.NEVER;
  }
});
const misdeeds = z.array(z.string());
const answered = z.strictObject({
  id: z.string(),
  outcome: z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), output: json.exactOptional() }),
    z.strictObject({
      ok: z.literal(false),
      error: z.strictObject({ name: z.string(), code: z.string(), message: z.string() }),
    }),
  ]),
  emitted: json.pipe(z.array(z.strictObject({ event: z.string(), payload: z.unknown().exactOptional() }))),
  files: json.pipe(z.record(z.string(), z.string())),
  asked: json.pipe(z.array(z.strictObject({ method: z.string(), url: z.string(), body: z.string() }))),
  misdeeds,
});
const notice = z.discriminatedUnion('notice', [
  z.strictObject({ notice: z.literal('ready') }),
  z.strictObject({ notice: z.literal('broken'), why: z.string(), misdeeds }),
  z.strictObject({ notice: z.literal('done'), nonce: z.string(), misdeeds }),
]);
const line = z.union([answered, notice]);

/** A line that came out of a process that nobody believes; nothing when it is none of ours. */
export function readLine(text: string): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
