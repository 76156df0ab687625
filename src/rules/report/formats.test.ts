import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../model/index.ts';
import { github, json, reporters, sarif } from './index.ts';

const diagnostic: Diagnostic = {
  code: 'MR1203',
  severity: 'error',
  message: "100% wrong:\nstep 'a', b",
  file: 'my systems/ä,1.dsl.ts',
  line: 2,
  column: 14,
  endLine: 2,
  endColumn: 19,
};
const full: Diagnostic = {
  ...diagnostic,
  severity: 'info',
  code: 'MR9999',
  hint: 'Do it.',
  related: [{ message: 'here', file: 'b.ts', line: 3, column: 4 }],
  fix: {
    title: 'Rename',
    edits: [
      { file: 'b.ts', start: 3, end: 5, text: 'x' },
      { file: 'c.ts', start: 0, end: 0, text: 'y' },
    ],
  },
};

it('has a reporter for each format', () => {
  expect(Object.keys(reporters)).toEqual(['pretty', 'json', 'sarif', 'github']);
});

describe('json', () => {
  it('is one document with the counts', () => {
    expect(JSON.parse(json([diagnostic, full]))).toEqual({ errors: 1, warnings: 0, diagnostics: [diagnostic, full] });
  });
});

describe('github', () => {
  it('escapes what would end a property or the command', () => {
    expect(github([diagnostic])).toBe(
      "::error file=my systems/ä%2C1.dsl.ts,line=2,endLine=2,col=14,endColumn=18,title=MR1203::100%25 wrong:%0Astep 'a', b",
    );
  });

  it('adds the hint, and leaves columns out over several lines', () => {
    expect(github([{ ...full, endLine: 4 }])).toBe(
      "::notice file=my systems/ä%2C1.dsl.ts,line=2,endLine=4,title=MR9999::100%25 wrong:%0Astep 'a', b%0ADo it.",
    );
  });

  it('is a line a diagnostic, also without a file', () => {
    expect(
      github([
        { ...diagnostic, file: '', severity: 'warning', message: 'x' },
        { ...diagnostic, message: 'y' },
      ]).split('\n'),
    ).toHaveLength(2);
    expect(github([{ ...diagnostic, file: '', severity: 'warning', message: 'x' }])).toBe('::warning title=MR1203::x');
    expect(github([])).toBe('');
  });
});

const text = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } };
const artifactLocation = {
  type: 'object',
  required: ['uri'],
  properties: { uri: { type: 'string', format: 'uri-reference', pattern: '^[!-~]*$' } },
};
const count = { type: 'integer', minimum: 1 };
const location = {
  type: 'object',
  required: ['physicalLocation'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer', minimum: 0 },
    message: text,
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation', 'region'],
      additionalProperties: false,
      properties: {
        artifactLocation,
        region: {
          type: 'object',
          required: ['startLine'],
          additionalProperties: false,
          properties: { startLine: count, startColumn: count, endLine: count, endColumn: count },
        },
      },
    },
  },
};
/** The part of the SARIF 2.1.0 schema that a log of ours can use, as strict as the schema itself. */
const shape = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: { id: { type: 'string' }, shortDescription: text, help: text },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: text,
                locations: { type: 'array', items: location },
                relatedLocations: { type: 'array', uniqueItems: true, items: location },
                fixes: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['artifactChanges'],
                    additionalProperties: false,
                    properties: {
                      description: text,
                      artifactChanges: {
                        type: 'array',
                        minItems: 1,
                        items: {
                          type: 'object',
                          required: ['artifactLocation', 'replacements'],
                          additionalProperties: false,
                          properties: {
                            artifactLocation,
                            replacements: {
                              type: 'array',
                              minItems: 1,
                              items: {
                                type: 'object',
                                required: ['deletedRegion'],
                                additionalProperties: false,
                                properties: {
                                  deletedRegion: {
                                    type: 'object',
                                    additionalProperties: false,
                                    properties: { charOffset: { type: 'integer' }, charLength: { type: 'integer' } },
                                  },
                                  insertedContent: {
                                    type: 'object',
                                    required: ['text'],
                                    properties: { text: { type: 'string' } },
                                  },
                                },
                              },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

describe('sarif', () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(shape);
  const parse = (...diagnostics: Diagnostic[]) =>
    JSON.parse(sarif(diagnostics)) as {
      runs: [
        { tool: { driver: { rules: { id: string; shortDescription?: object }[] } }; results: Record<string, never>[] },
      ];
    };

  it.each([
    ['nothing', []],
    ['one', [diagnostic]],
    ['everything', [diagnostic, full, { ...full, file: '' }]],
  ] as const)('has the shape of 2.1.0 with %s', (_what, all) => {
    validate(parse(...all));
    expect(validate.errors).toBeNull();
  });

  it('lists each code once, with its title, and refers to it', () => {
    const [run] = parse(full, diagnostic, diagnostic).runs;
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['MR1203', 'MR9999']);
    expect(run.tool.driver.rules[0]?.shortDescription).toBeDefined();
    expect(run.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
      ['MR9999', 1, 'note'],
      ['MR1203', 0, 'error'],
      ['MR1203', 0, 'error'],
    ]);
  });

  it('escapes the names of files', () => {
    expect(JSON.stringify(parse(diagnostic).runs[0].results[0]?.['locations'])).toContain(
      '"uri":"my%20systems/%C3%A4%2C1.dsl.ts"',
    );
  });
});
