interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The text of a file, or why there is none. */
export type Loaded = { readonly text: string } | { readonly problem: Problem };

/** Reads a file as UTF-8 text. `shown` is its name in messages. */
export function loadText(path: string, shown: string, readFile: (path: string) => Uint8Array | string): Loaded {
  let content: Uint8Array | string;
  try {
    content = readFile(path);
  } catch (thrown) {
    return { problem: fileProblem(thrown, shown) };
  }
  const text = typeof content === 'string' ? content : decode(content);
  if (text === undefined || text.includes('\0')) {
    return {
      problem: {
        code: 'MR1005',
        message: `'${shown}' is not a text file in UTF-8.`,
        hint: 'Name a TypeScript file; if it is one, save it with the encoding UTF-8.',
      },
    };
  }
  return { text };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function fileProblem(thrown: unknown, shown: string): Problem {
  const code = (thrown as { code?: unknown }).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      code: 'MR1001',
      message: `There is no file '${shown}'.`,
      hint: 'Check the path; it is relative to the working directory.',
    };
  }
  if (code === 'EISDIR') {
    return {
      code: 'MR1002',
      message: `'${shown}' is a directory.`,
      hint: 'Name the file that declares the system, such as orders.dsl.ts.',
    };
  }
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'MR1011', message: `'${shown}' cannot be read: ${why}`, hint: 'Check the permissions of the file.' };
}
