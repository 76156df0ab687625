import { describe, expect, it } from 'vitest';
import { applyEdits } from '../apply.ts';
import { modelOf, same, shop } from '../fixtures/shop.ts';

describe('declarations', () => {
  it('a constant: in lambdas, schemas, types and other declarations', async () => {
    await same('locals.Money', 'Cash', (text) => text.replaceAll(/\bMoney\b/g, 'Cash'));
    await same('locals.limit', 'most', (text) => text.replaceAll(/\blimit\b/g, 'most'));
    await same('locals.round', 'up', (text) =>
      text.replaceAll(/\bround\b(?=\()|(?<=const )round/g, 'up').replace('Math.up', 'Math.round'),
    );
  });

  it('one that is taken out of an object, beside another', async () => {
    await same('locals.vat', 'tax', (text) =>
      text.replace('{ vat, tip', '{ vat: tax, tip').replace('round(vat', 'round(tax'),
    );
    await same('locals.gift', 'given', (text) => text.replace('tip: gift', 'tip: given').replace('+ gift', '+ given'));
  });

  it('an import', async () => {
    await same('imports.z', 'zod', (text) =>
      text.replace('import { z }', 'import { z as zod }').replaceAll(/\bz\./g, 'zod.'),
    );
  });

  it('a name that means something', async () => {
    const model = await modelOf(shop);
    const codes = (to: string) =>
      applyEdits(model, [{ op: 'rename', path: 'locals.limit', to }]).diagnostics.map(({ code }) => code);
    for (const to of ['Money', 'z', 'Math', 'if', 'charge', 'a-b']) expect(codes(to), to).toEqual(['MR1782']);
    expect(codes('context')).toEqual(['MR1786']);
    expect(codes('cents')).toEqual(['MR1786']);
  });
});
