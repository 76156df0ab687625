import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readOrders } from './demo/feed.ts';
import { makeOrders } from './make-orders.ts';

const text = readFileSync(new URL('./orders.jsonl', import.meta.url), 'utf8');

it('is what the seeded script wrote', () => {
  expect(text).toBe(`${makeOrders().join('\n')}\n`);
});

it('has 500 lines, of which 20 are refused, each with its place and path', () => {
  const lines = readOrders(text, 'orders.jsonl');
  const problems = lines.flatMap((line) => ('problem' in line ? [line.problem] : []));
  expect(lines).toHaveLength(500);
  expect(problems).toMatchInlineSnapshot(`
    [
      "orders.jsonl:14: email: Invalid email address",
      "orders.jsonl:59: lines[0].quantity: Too small: expected number to be >=1",
      "orders.jsonl:70: lines: Invalid input: expected array, received undefined",
      "orders.jsonl:93: total.currency: Invalid option: expected one of "EUR"|"USD"",
      "orders.jsonl:112: not JSON: Unterminated string in JSON at position 60 (line 1 column 61)",
      "orders.jsonl:154: orderId: 'A-1144' was already used in line 144",
      "orders.jsonl:169: lines: Too small: expected array to have >=1 items",
      "orders.jsonl:184: orderId: Invalid input: expected string, received undefined",
      "orders.jsonl:225: total.amount: Too small: expected number to be >0",
      "orders.jsonl:235: lines[0].quantity: Invalid input: expected int, received number",
      "orders.jsonl:268: express: Invalid input: expected boolean, received string",
      "orders.jsonl:300: lines[0].sku: Invalid input: expected string, received undefined; lines[1].sku: Invalid input: expected string, received undefined; lines[2].sku: Invalid input: expected string, received undefined",
      "orders.jsonl:322: email: Invalid email address",
      "orders.jsonl:353: the line is empty",
      "orders.jsonl:375: Invalid input: expected object, received array",
      "orders.jsonl:400: total: Invalid input: expected object, received number",
      "orders.jsonl:413: orderId: 'A-1403' was already used in line 403",
      "orders.jsonl:447: not JSON: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
      "orders.jsonl:454: orderId: Invalid input: expected string, received number",
      "orders.jsonl:484: lines[0].sku: Too small: expected string to have >=1 characters; lines[0].quantity: Too small: expected number to be >=1",
    ]
  `);
});
