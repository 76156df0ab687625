import { messageOf } from '../../core/index.ts';
import type { EvidenceClaim, EvidencePack } from '../../flow/index.ts';
import type { EvidenceRow, EvidenceWorld } from './world.ts';

interface Named {
  readonly name?: string;
}

/** A claim whose lambdas have been called: what is recorded, and can be checked again without the code. */
export type Claim = Named &
  (
    | { readonly kind: 'fileExists'; readonly path: string; readonly type?: 'file' | 'directory' }
    | { readonly kind: 'fileSha256'; readonly path: string; readonly sha256: string }
    | { readonly kind: 'exitCode'; readonly actual: number; readonly expected: number }
    | {
        readonly kind: 'row';
        readonly resource: string;
        /** Of a resource that is a file. */
        readonly file?: string;
        readonly table: string;
        readonly where: EvidenceRow;
        readonly values?: EvidenceRow;
      }
    /** It could not be made: a lambda threw, or gave what no claim can be made of. */
    | { readonly kind: 'unclear'; readonly of: EvidenceClaim<never>['kind']; readonly why: string }
  );

/** What the lambdas of a claim see. */
export interface EvidenceScope {
  readonly input: unknown;
  readonly output: unknown;
}

/** The claims of a pack for one result. Never throws: what cannot be claimed is a claim that does not hold. */
export function claimsOf(pack: EvidencePack<never>, scope: EvidenceScope, world: EvidenceWorld): readonly Claim[] {
  return pack.claims.map((claim): Claim => {
    const name = claim.name === undefined ? {} : { name: claim.name };
    try {
      return { ...name, ...made(claim, scope as never, world) };
    } catch (error) {
      return { ...name, kind: 'unclear', of: claim.kind, why: messageOf(error) };
    }
  });
}

function made(claim: EvidenceClaim<never>, scope: never, world: EvidenceWorld): Claim {
  switch (claim.kind) {
    case 'fileExists': {
      const { path, type } = claim.options;
      return { kind: 'fileExists', path: world.absolute(text('path', given(path, scope))), ...(type && { type }) };
    }
    case 'fileSha256': {
      const sha256 = text('sha256', given(claim.options.sha256, scope)).toLowerCase();
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`'${sha256}' is no SHA-256: that has 64 hex digits`);
      return { kind: 'fileSha256', path: world.absolute(text('path', given(claim.options.path, scope))), sha256 };
    }
    case 'exitCode': {
      const { expected = 0 } = claim.options;
      const actual: unknown = given(claim.options.actual, scope);
      if (!Number.isInteger(actual)) throw new Error(`'actual' is not a whole number but ${String(actual)}`);
      return { kind: 'exitCode', actual: actual as number, expected };
    }
    case 'row': {
      const { resource, table, values } = claim.options;
      const where = columns('where', given(claim.options.where, scope));
      const file = world.resource(resource)?.file;
      return {
        kind: 'row',
        resource,
        ...(file === undefined ? {} : { file }),
        table: identifier('table', table),
        where,
        ...(values === undefined ? {} : { values: columns('values', given(values, scope)) }),
      };
    }
  }
}

function given(value: unknown, scope: never): unknown {
  return typeof value === 'function' ? (value as (scope: never) => unknown)(scope) : value;
}

function text(what: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`'${what}' is not a text but ${JSON.stringify(value) ?? String(value)}`);
}

/** Names go into statements as they are, so that nothing but a name may be one. */
function identifier(what: string, name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) return name;
  throw new Error(`${JSON.stringify(name)} is no name of a ${what}: letters, digits and _ only`);
}

function columns(what: string, given: unknown): EvidenceRow {
  if (typeof given !== 'object' || given === null || Object.keys(given).length === 0)
    throw new Error(`'${what}' names no column`);
  for (const [name, value] of Object.entries(given)) {
    identifier('column', name);
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
      throw new Error(`'${what}.${name}' is no text, number, boolean or null`);
  }
  return given as EvidenceRow;
}
