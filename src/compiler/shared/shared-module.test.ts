import { expect, test } from 'vitest';
import { body, event, flow, imported, local, restart, returns, system } from '../fixtures/build-model.ts';
import { compileSystem } from '../index.ts';

function shared(...members: Parameters<typeof system>[1]): readonly string[] {
  const model = system('shared', [imported('z', 'zod'), ...members]);
  const result = compileSystem(model, {
    outDir: 'out',
    sourcePath: 'src/x.dsl.ts',
    tasksDir: 'src/tasks',
    toolVersion: '1',
  });
  return (
    result.files
      .find((file) => file.path === 'shared.ts')
      ?.text.trimEnd()
      .split('\n')
      .slice(1) ?? []
  );
}

test('what a declaration needs stands before it, otherwise the order of the source stays', () => {
  restart();
  const lines = shared(
    local('Order', 'const Order = z.object({ lines: z.array(Line), id: Id });'),
    local('Line', 'const Line = z.object({ sku: Sku });'),
    local('Other', 'const Other = z.string();'),
    local('Sku', 'const Sku = z.string();'),
    local('Id', 'const Id = z.string();'),
    event('placed', 'Order'),
  );
  expect(lines.filter((line) => line.startsWith('export')).map((line) => line.split(' ')[2])).toEqual([
    'Sku',
    'Line',
    'Id',
    'Order',
    'Other',
  ]);
});

test('functions that need each other, overloads, a type beside a value, one statement with two names', () => {
  restart();
  const pair = 'const { low, high } = { low: 1, high: 2 };';
  const lines = shared(
    local('even', 'function even(n: number): boolean {\n  return n === 0 || odd(n - 1);\n}'),
    local('odd', 'function odd(n: number): boolean {\n  return n !== 0 && even(n - 1);\n}'),
    local(
      'pick',
      'function pick(a: string): string;\nfunction pick(a: number): number;\nfunction pick(a: string | number) {\n  return a;\n}',
    ),
    local('Kind', "const Kind = z.enum(['a', 'b']);\ntype Kind = z.infer<typeof Kind>;"),
    { ...local('low', pair), location: local('same', '').location },
    { ...local('high', pair) },
    local('Both', 'interface Both { a: 1 }\ninterface Both { b: 2 }'),
    flow('go', 'z.number()', body(returns('({ input }) => [even(input), pick(input), Kind, low, high] as Both'))),
  );
  const text = lines.join('\n');
  expect(text).toContain('export function even');
  expect(text).toContain(
    '\nfunction pick(a: string): string;\nfunction pick(a: number): number;\nfunction pick(a: string | number) {\n  return a;\n}\nexport { pick };',
  );
  expect(text).toContain('type Kind = z.infer<typeof Kind>;\nexport { Kind };');
  expect(text).toContain('export type { Both };');
  expect(text.split('const { low, high }').length).toBe(2);
});

test('a comment stays in front', () => {
  restart();
  const lines = shared(local('Money', '/** Counts cents. */\nconst Money = z.int();'), event('paid', 'Money'));
  expect(lines.slice(-2)).toEqual(['/** Counts cents. */', 'export const Money = z.int();']);
});

test('what cannot be erased is refused', () => {
  restart();
  const model = system('enums', [
    local('Size', 'enum Size { Small }'),
    flow('go', 'z.number()', body(returns('() => Size.Small'))),
  ]);
  const { diagnostics } = compileSystem(model, {
    outDir: 'out',
    sourcePath: 'src/x.dsl.ts',
    tasksDir: 'src/tasks',
    toolVersion: '1',
  });
  expect(diagnostics).toMatchObject([
    { code: 'MR1650', message: expect.stringContaining("the enum 'Size'") as string },
  ]);
});

test('nothing to share, no file', () => {
  restart();
  expect(shared(event('placed', 'z.string()'))).toEqual([]);
});
