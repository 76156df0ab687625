/** JSON of a file of ours. */
type Json = Readonly<Record<string, unknown>>;

/** Brings a file from one format to the next one. The field that tells the format is raised for it. */
export interface FormatStep {
  readonly from: number;
  /** Gives the new JSON, and leaves the old one as it is. Throws where the old one is not what it should be. */
  readonly upgrade: (json: Json) => Json;
}

/** A kind of file that Millrace writes and reads, whose format has a number: nothing to do with the user's versions. */
export interface FileFormat {
  /** How messages call it: `a model`. */
  readonly what: string;
  /** The member that tells the format. */
  readonly field: string;
  /** The only format that is written. */
  readonly current: number;
  /** From older formats, each to the next one. */
  readonly steps: readonly FormatStep[];
}

/** What came of bringing JSON to the present format. */
export type Brought =
  | {
      readonly json: Json;
      /** The format that it had, where that was an older one. */
      readonly from?: number;
    }
  | { readonly problem: string; readonly hint: string };

/**
 * Brings JSON to the present format, step by step. What is of the present format stays as it is; a newer one, or an older
 * one from which no steps lead, is a problem.
 */
export function bringUp(json: Json, { what, field, current, steps }: FileFormat): Brought {
  const found = json[field];
  if (found === current) return { json };
  const told = `This is ${what} of format ${text(found)}`;
  const reads = `this version of Millrace reads format ${current}`;
  if (typeof found !== 'number' || !Number.isSafeInteger(found)) {
    return { problem: `${told}; ${reads}.`, hint: `A format is a whole number: '${field}' was changed by hand.` };
  }
  if (found > current) {
    return { problem: `${told}; ${reads}.`, hint: 'A newer version of Millrace wrote it: use that one.' };
  }
  let at = json;
  for (let format = found; format < current; format += 1) {
    const step = steps.find(({ from }) => from === format);
    if (step === undefined) {
      return { problem: `${told}, from which no step leads on; ${reads}.`, hint: 'Write it anew from the source.' };
    }
    try {
      at = { ...step.upgrade(at), [field]: format + 1 };
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      return {
        problem: `${told}, and could not be brought to format ${format + 1}: ${reason}`,
        hint: 'It is not what that format says. Write it anew from the source.',
      };
    }
  }
  return { json: at, from: found };
}

function text(value: unknown): string {
  return typeof value === 'number' ? `${value}` : (JSON.stringify(value) ?? 'none');
}
