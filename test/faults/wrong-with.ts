import { openSqlite } from 'millrace/store';
import { checkDatabase } from 'millrace/testing';

/** What is wrong with a database, given what was acknowledged while it was driven: see `play`. */
export function wrongWith(file: string, acknowledged: readonly string[]): string[] {
  const store = openSqlite(file);
  try {
    const wrong = checkDatabase(file).map(({ at, message }) => `${at}: ${message}`);
    const { runs, events } = store.tables;
    for (const line of acknowledged) {
      const [what, id = '', success] = line.split(' ');
      const there =
        what === 'accepted'
          ? runs.get(id) !== undefined
          : what === 'sent'
            ? events.get(id) !== undefined
            : (runs.get(id)?.status === 'completed') === (success === 'true') && runs.get(id)?.ended !== null;
      if (!there) wrong.push(`'${line}' was lost`);
    }
    return wrong;
  } finally {
    store.close();
  }
}
