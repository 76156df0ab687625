/** One figure. `ratio` is `value` over the value of the row called `of`, taken in the same run. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly of?: string;
  /** What the ratio has to reach, `>= 0.5` or `<= 12`, or with a unit the value itself, `<= 300 ms`. */
  readonly target?: string;
  readonly met?: boolean;
}

/** A row with a ratio, its target and whether it is met. */
export function compared(
  name: string,
  value: number,
  unit: string,
  of: { name: string; value: number },
  target?: string,
): Row {
  const ratio = value / of.value;
  const row = { name, value, unit, ratio, of: of.name };
  if (target === undefined) return row;
  const bound = Number(target.replace(/[^\d.]/g, ''));
  return { ...row, target, met: target.startsWith('>=') ? ratio >= bound : ratio <= bound };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const figure = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 });

/** Prints the rows for a person. */
export function printTable(rows: readonly Row[]): void {
  const lines = rows.map((row) => [
    row.name,
    `${figure(row.value)} ${row.unit}`,
    row.ratio === undefined ? '' : `${figure(row.ratio)} x ${row.of}`,
    row.target === undefined ? '' : `${row.target} ${row.met === true ? 'met' : 'MISSED'}`,
  ]);
  const width = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines)
    console.log(
      `  ${line
        .map((cell, column) => cell.padEnd(width[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
}
