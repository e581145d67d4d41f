/** Addresses that stand for others, by internal rewrite. */

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['/health', '/v1/health'],
  ['/openapi.json', '/api-doc/openapi.json'],
]);

/** Without the slashes at the end, but never empty; a pattern would look at each run of slashes as often as it is long. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

const MODELS = '/v1/models/';
/** What stands under {@link MODELS} and is no model. */
const NO_MODELS: ReadonlySet<string> = new Set(['loaded', 'registered', 'select', 'load', 'unload']);
const TAIL = /^(.+?)(\/quants|\/[^/]+\/settings)?$/;

/** Ids of models are names with a slash, which clients send as it is; in an address it belongs to the id. */
function withModelId(path: string): string {
  const rest = path.slice(MODELS.length);
  if (!rest.includes('/') || NO_MODELS.has(rest)) return path;
  const [, id = rest, tail = ''] = TAIL.exec(rest) ?? [];
  return MODELS + id.replaceAll('/', '%2F') + tail;
}

/** The address that is routed for one that was sent: aliases resolved, a trailing slash dropped. The query stays. */
export function rewrite(url: string): string {
  const query = url.indexOf('?');
  let path = query === -1 ? url : url.slice(0, query);
  const sent = path;
  // The panel's files refer to each other relative to their folder, so there the slash means something.
  if (!path.startsWith('/panel/')) path = withoutSlashes(path);
  if (path.startsWith('/api/v1/')) path = path.slice('/api'.length);
  path = ALIASES.get(path) ?? path;
  if (path.startsWith(MODELS)) path = withModelId(path);
  return path === sent ? url : path + (query === -1 ? '' : url.slice(query));
}
