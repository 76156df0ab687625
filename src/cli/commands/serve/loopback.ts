/** Does only this machine reach what is bound to this host? */
export const isLoopback = (host: string): boolean => /^(?:127(?:\.\d{1,3}){3}|localhost|::1|\[::1\])$/.test(host);
