/** The values that stand in a piece of code. */
export interface Constants {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** The strings and numbers that pieces of JavaScript or TypeScript compare with, sum up or give. */
export function constantsIn(codes: Iterable<string>, more: readonly (string | number)[] = []): Constants {
  const texts = new Set<string>();
  const numbers = new Set<number>();
  for (const code of codes) {
    const plain = code.replaceAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`$\\]*)`/g, (_, a, b, c) => {
      const text = String(a ?? b ?? c ?? '');
      if (text.length <= 60 && !text.includes('\\')) texts.add(text);
      return "''";
    });
    for (const [digits] of plain.matchAll(/(?<![\w$.])\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?(?![\w$])/gi)) {
      numbers.add(Number(digits.replaceAll('_', '')));
    }
  }
  for (const each of more) {
    if (typeof each === 'string') texts.add(each);
    else numbers.add(each);
  }
  return { texts: [...texts].sort(), numbers: [...numbers].sort((a, b) => a - b) };
}
