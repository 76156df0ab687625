import type { ExpressionNode } from '../../model/index.ts';

/** The names that a lambda takes from its scope, as far as its text shows them. */
export function readsOf({ lambda }: ExpressionNode): readonly string[] {
  if (lambda === undefined) return [];
  if (lambda.reads !== undefined) return lambda.reads;
  const parameter = lambda.parameter.trim();
  const inner = /^\{([^{}[\]()`'"/]*)\}$/.exec(parameter)?.[1];
  // `{ input: order, payment = none }`
  if (inner !== undefined && !inner.includes('...')) {
    return inner.split(',').flatMap((piece) => /^\s*([\w$]+)\s*(?:[:=]|$)/.exec(piece)?.[1] ?? []);
  }
  if (!/^[A-Za-z_]\w*$/.test(parameter) || /[`'"/]/.test(lambda.body) || isBoundAgain(parameter, lambda.body))
    return [];
  const members = lambda.body.matchAll(new RegExp(`(?<![\\w$.])${parameter}\\??\\.([A-Za-z_]\\w*)`, 'g'));
  return [...new Set([...members].map(([, name = '']) => name))];
}

/** May the body use the name of the parameter for something else? */
function isBoundAgain(name: string, body: string): boolean {
  return new RegExp(`(?:const|let|var|function|class|catch \\()\\s*[^=]*\\b${name}\\b|\\b${name}\\b[^.]*=>`).test(body);
}
