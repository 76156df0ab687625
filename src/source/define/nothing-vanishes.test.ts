import { describe, expect, it } from 'vitest';
import { basics, lines, marks, readText } from '../fixtures/read-text.ts';

const options = '{ input: z.string(), output: z.string() }';

describe('what the system would not have', () => {
  it.each([
    [`MR1121 task('a1', ${options})`, `export const a = true ? task('a1', ${options}) : charge;`],
    ["MR1121 event('x', { payload: z.any() })", "export const all = { x: event('x', { payload: z.any() }) };"],
    [`MR1121 task('a2', ${options})`, `export const list = [task('a2', ${options})];`],
    [`MR1121 task(n, ${options})`, `for (const n of ['q', 'w']) task(n, ${options});`],
    ["MR1121 event('y', { payload: z.any() })", "export const { y } = { y: event('y', { payload: z.any() }) };"],
    [`MR1121 task(n, ${options})`, `const mk = (n: string) => task(n, ${options});\nexport const a3 = mk('a3');`],
    [`MR1121 task('late', ${options})`, `if (charge) { task('late', ${options}); }`],
    ["MR1123 console.log('hi');", "console.log('hi');"],
    ['MR1123 charge.name;', 'charge.name;'],
    ["MR1012 system('b', { version: '1.0.0' })", "export default system('b', { version: '1.0.0' });"],
    ["MR1012 system('b', { version: '1.0.0' })", "system('b', { version: '1.0.0' });"],
    ["MR1012 system('b', { version: '1.0.0' })", "const other = system('b', { version: '1.0.0' });"],
    ['MR1122 export default z.string();', 'export default z.string();'],
  ])('%s', async (mark, text) => {
    expect(await marks(`${basics}${text}\n`)).toEqual([mark]);
  });

  it('made by a function of another file', async () => {
    const files = {
      'a.dsl.ts': `${basics}import { mk } from './kit.ts';\nexport const a3 = mk('a3');\n`,
      'kit.ts': `import { task } from 'millrace';\nexport const mk = (n: string) => task(n, {});\n`,
    };
    const message = 'A function makes this task, so the system would not have it.';
    expect(lines(await readText(files))).toEqual([`MR1121 9:19 ${message}`]);
  });

  it('says nothing of what declares', async () => {
    const text = `'use strict';
import './other.css';
;
enum Size { Small }
class Box {}
namespace Empty {}
interface A { a: 1 }
type B = A;
function helper(): void { console.log('in a function of its own'); }
export { charge as pay };
`;
    expect(await marks(`${basics}${text}`)).toEqual([]);
  });
});
