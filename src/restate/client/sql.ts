/** A text as a literal of SQL, whatever is in it: ids are what people type. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Several of them, for `IN`. */
export const listed = (texts: readonly string[]): string => `(${texts.map(quoted).join(', ')})`;
