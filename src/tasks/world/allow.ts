/** What the entries of `needs` allow: only texts are compared here. */

/** The ports of http and https. */
const usual = new Set(['80', '443']);

/** The host of an address as it is written in `needs.net`: with its port, unless that is the usual one. */
export function hostOf({ hostname, port }: URL): string {
  return port === '' ? hostname : `${hostname}:${port}`;
}

/** Does an entry of `needs.net` allow an address? `*.example.org` allows what is below `example.org`. */
export function allowsHost(entry: string, url: URL): boolean {
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  const asked = url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port;
  if (port === undefined ? !usual.has(asked) : port !== asked) return false;
  return host.startsWith('*.')
    ? url.hostname.endsWith(host.slice(1)) && url.hostname.length > host.length - 1
    : host === url.hostname;
}

/** Why an entry of `needs.net` is none. */
export function hostProblem(entry: string): string | undefined {
  if (/^(\*\.)?([a-z0-9_-]+\.)*[a-z0-9_-]+(:\d+)?$/i.test(entry) || /^\[[0-9a-f:.]+\](:\d+)?$/i.test(entry))
    return undefined;
  return 'a host is written as api.example.org, localhost:8080 or *.example.org';
}

/** The absolute path of `path`, read from `root`, without `.` and `..`. All are written with `/`. */
export function absolute(root: string, path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${root}/${path}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Does a pattern of `needs.fs` allow a path? Both absolute. `*` and `?` stand within a name, `**` over folders, too. */
export function allowsPath(pattern: string, path: string): boolean {
  return expressionOf(pattern).test(path);
}

/** May there be something below a folder that a pattern allows? */
export function allowsBelow(pattern: string, folder: string): boolean {
  const inside = folder === '/' ? [] : folder.slice(1).split('/');
  const names = pattern.slice(1).split('/');
  for (const [index, part] of inside.entries()) {
    const name = names[index];
    if (name === '**') return true;
    if (name === undefined || !expressionOf(`/${name}`).test(`/${part}`)) return false;
  }
  return names.length > inside.length;
}

const known = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (pattern.startsWith('/**/', at)) {
      // Any number of folders, also none.
      source += '/(?:.*/)?';
      at += 3;
    } else if (pattern.startsWith('**', at)) {
      source += '.*';
      at += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else source += char.replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&');
  }
  const made = new RegExp(`^${source}$`, 's');
  if (known.size < 1000) known.set(pattern, made);
  return made;
}
