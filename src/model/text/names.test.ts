import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { camelCase, docComment, freeName, isIdentifier, kebabCase, propertyKey, quote } from './names.ts';

test('definitions become identifiers', () => {
  const names = ['chargeCard', 'order.placed-late', 'class', '__proto__', '1st', 'ünï-cödé', '日本.語', '..', "it's"];
  expect(names.map(camelCase)).toEqual([
    'chargeCard',
    'orderPlacedLate',
    'class_',
    '__proto__',
    '_1st',
    'ünïCödé',
    '日本語',
    '_',
    'itS',
  ]);
  for (const name of names) expect(isIdentifier(camelCase(name))).toBe(true);
});

test('files of tasks', () => {
  expect(
    ['chargeCard', 'ChargeCard', 'readPDF', 'parseHTTPHeader', 'a.b_c-d', 'step2Go', 'naïveCafé'].map(kebabCase),
  ).toEqual(['charge-card', 'charge-card', 'read-pdf', 'parse-http-header', 'a-b-c-d', 'step2-go', 'naïve-café']);
});

test('strings and keys say what they were given, in the characters a reviewer sees', () => {
  const nasty = [
    "it's",
    'a"b',
    'back\\slash',
    'line\nbreak',
    '\u2028',
    '\u202e',
    '\0',
    '${x}',
    '`',
    '__proto__',
    'a-b',
    '日本',
    '',
  ];
  for (const text of nasty) {
    const literal = quote(text);
    expect(runInThisContext(literal)).toBe(text);
    expect(runInThisContext(`Object.keys({ ${propertyKey(text)}: 1 })`)).toEqual([text]);
    expect(literal).toMatch(/^[^\n\u2028\u202e\0]+$/);
  }
  expect([propertyKey('plain'), propertyKey('class'), propertyKey('a-b')]).toEqual(['plain', 'class', "'a-b'"]);
});

test('a comment cannot be ended from inside', () => {
  expect(docComment('one */ two')).toBe('/** one *\\/ two */');
  expect(docComment('one\r\n\ntwo */\u2028process.exit()')).toBe(
    '/**\n * one\n *\n * two *\\/\n * process.exit()\n */',
  );
});

test('a free name is not taken, no keyword and no global', () => {
  expect(['risk', 'class', 'JSON', 'taken', 'a b'].map((name) => freeName(name, new Set(['taken', 'taken_'])))).toEqual(
    ['risk', 'class_', 'JSON_', 'taken_2', 'aB'],
  );
});
