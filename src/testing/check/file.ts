import { DatabaseSync } from 'node:sqlite';
import type { Findings } from './violation.ts';

/** Rows that belong to nothing, by what they are called: no table of the store lists them. */
const orphans: Readonly<Record<string, string>> = {
  'journal of run': 'SELECT DISTINCT run AS id FROM journal WHERE run NOT IN (SELECT id FROM runs)',
  'wait of run': 'SELECT run AS id FROM waits WHERE run NOT IN (SELECT id FROM runs)',
  'consumed by run': 'SELECT DISTINCT run AS id FROM consumed WHERE run NOT IN (SELECT id FROM runs)',
  'history of instance': `SELECT DISTINCT machine || ' ' || instance AS id FROM instance_history AS h
    WHERE NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.machine = h.machine AND i.id = h.instance)`,
  'index of event': 'SELECT DISTINCT seq AS id FROM event_keys WHERE seq NOT IN (SELECT seq FROM events)',
};

/** What only SQLite itself can say of a file: whether its pages are whole, and what belongs to nothing. */
export function checkFile(found: Findings['found'], file: string): void {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    for (const row of db.prepare('PRAGMA integrity_check').all()) {
      const said = String(row['integrity_check']);
      if (said !== 'ok') found('file', file, said);
    }
    for (const [what, sql] of Object.entries(orphans))
      for (const row of db.prepare(sql).all()) found('file', `${what} ${String(row['id'])}`, 'it belongs to nothing');
  } finally {
    db.close();
  }
}
