import { z } from 'zod';
import { locationSchema } from './location.ts';

const uses = z.array(z.string()).readonly();

/** The parts of a lambda, so that a printer can put its body where it is needed without parsing it again. */
export const lambdaSchema = z
  .strictObject({
    /** The parameter as written, without parentheses: `{ input, risk }`, `scope`, or nothing. */
    parameter: z.string(),
    /** The scope names it reads, when the parameter destructures them plainly under their own names (or is absent). */
    reads: z.array(z.string()).readonly().exactOptional(),
    /** The body: an expression without outer parentheses, or a block with its braces. */
    body: z.string(),
    block: z.boolean(),
  })
  .readonly();
export type LambdaParts = z.infer<typeof lambdaSchema>;

/** A lambda or constant of the source: its text, and the keys in `system.locals` and `system.imports` that it reaches. */
export const expressionSchema = z
  .strictObject({
    kind: z.literal('expression'),
    text: z.string(),
    uses,
    /** Present when the text is a lambda. */
    lambda: lambdaSchema.exactOptional(),
    location: locationSchema,
  })
  .readonly();
export type ExpressionNode = z.infer<typeof expressionSchema>;

/** A zod schema of the source, kept as text. */
export const schemaSchema = z
  .strictObject({ kind: z.literal('schema'), text: z.string(), uses, location: locationSchema })
  .readonly();
export type SchemaNode = z.infer<typeof schemaSchema>;

/** A constant, function, type or enum that the file declares and that an expression, a schema or another local needs. */
export const localSchema = z
  .strictObject({
    kind: z.literal('local'),
    name: z.string(),
    /** The whole declaration, without `export`. */
    text: z.string(),
    /** Does it exist only for the type checker? */
    typeOnly: z.boolean(),
    uses,
    location: locationSchema,
  })
  .readonly();
export type LocalNode = z.infer<typeof localSchema>;

/** A binding that the file imports and that something of the model needs. */
export const importSchema = z
  .strictObject({
    kind: z.literal('import'),
    /** The name in the file. */
    name: z.string(),
    /** The name in the other module; `default` and `*` as in JavaScript. */
    imported: z.string(),
    /** The specifier as written; a relative one is relative to `location.file`. */
    from: z.string(),
    typeOnly: z.boolean(),
    location: locationSchema,
  })
  .readonly();
export type ImportNode = z.infer<typeof importSchema>;
