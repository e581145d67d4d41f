/**
 * Origins under which the panel is opened, as `frame-ancestors` lists them: both names of loopback at the port of `url`, and the
 * origins that the setting `allowed_origins` trusts.
 */
export function panelOrigins(url: string | null, allowed: readonly string[]): string[] {
  const own = url === null ? [] : [url, url.replace('127.0.0.1', 'localhost')];
  return [...new Set([...own, ...allowed.filter((origin) => /^https?:\/\/[\w.:-]+$/.test(origin))])];
}
