import { z } from 'zod';

/** Where a node stands in its source: the file relative to the system's folder, lines and columns counted from 1. */
export const locationSchema = z
  .strictObject({
    file: z.string(),
    line: z.int().min(1),
    column: z.int().min(1),
    endLine: z.int().min(1),
    endColumn: z.int().min(1),
  })
  .readonly();
export type Location = z.infer<typeof locationSchema>;
