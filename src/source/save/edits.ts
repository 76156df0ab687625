/** A piece of text that takes the place of another. Offsets in UTF-16 units of the file. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text between two offsets, with the edits inside applied. Edits at the same place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[], start = 0, end = text.length): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let out = '';
  let at = start;
  for (const edit of sorted) {
    if (edit.start < at) throw new RangeError(`Two edits overlap at offset ${edit.start}.`);
    out += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + text.slice(at, end);
}
