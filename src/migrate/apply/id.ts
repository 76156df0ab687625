import { newId } from '../../engine/index.ts';

/** The id of a migration, which its intent and its record in the database share. */
export const newMigrationId = (now: number): string => newId('migration', now, Math.random);
