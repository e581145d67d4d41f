/** What a client that is held to pages of the web hears of others: that they are there, of which kind, and not what they are. */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Message } from './messages.ts';
import { isWeb } from './web.ts';

/** Members of messages that describe pages, or entries of a history. */
const PAGES = ['targetInfo', 'targetInfos', 'entries'];
/** Members of messages that list service workers. */
const WORKERS = ['registrations', 'versions'];

/** Whether an event is about a way to, or a request of, a page that is not of the web. */
export function isAboutElsewhere({ method = '', params = {} }: Message): boolean {
  const { url, documentURL, request, response, redirectResponse } = params;
  const inside = [request, response, redirectResponse].map((one) => (isJsonObject(one) ? one.url : undefined));
  const all = [url, documentURL, ...inside];
  return /^(?:Page|Network)\./.test(method) && all.some((one) => typeof one === 'string' && !isWeb(one));
}

const kindOf = (url: string): string => (URL.canParse(url) ? `${new URL(url).protocol}//` : '');

/** A message without addresses and titles of pages that are not of the web, as `isForeign` knows them. */
export function told(message: Message, isForeign: (targetId: string) => boolean): Message {
  function shown(page: Json): Json {
    if (Array.isArray(page)) return page.map(shown);
    if (!isJsonObject(page)) return page;
    const { url, targetId } = page;
    const isHidden = typeof targetId === 'string' && isForeign(targetId);
    if (typeof url !== 'string' || (isWeb(url) && !isHidden)) return page;
    const typed = 'userTypedURL' in page ? { userTypedURL: '' } : {};
    return { ...page, ...typed, url: isWeb(url) ? url : kindOf(url), title: '' };
  }
  const isOfWeb = (worker: Json) =>
    !isJsonObject(worker) || [worker.scopeURL, worker.scriptURL].every((url) => typeof url !== 'string' || isWeb(url));
  const seen = (name: string, value: Json): Json => {
    if (PAGES.includes(name)) return shown(value);
    return WORKERS.includes(name) && Array.isArray(value) ? value.filter(isOfWeb) : value;
  };
  function within(holder: JsonObject | undefined): JsonObject | undefined {
    if (holder === undefined || ![...PAGES, ...WORKERS].some((name) => name in holder)) return holder;
    return Object.fromEntries(Object.entries(holder).map(([name, value]) => [name, seen(name, value)]));
  }
  const { params, result } = message;
  const [less, answer] = [within(params), within(result)];
  return { ...message, ...(less && { params: less }), ...(answer && { result: answer }) };
}
