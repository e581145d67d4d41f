/**
 * What callers may ask of a browser who may not run programs on this computer: what concerns pages of the web. The protocol itself knows no
 * such limit. It opens any file, puts downloads anywhere, installs extensions and grants the microphone, which is as much as a program can do.
 */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Json, JsonObject } from '../../../../contract/kernel/scalars.ts';
import type { Command } from './messages.ts';
import { calledInWebPages, inWebPages, isWeb, webPattern } from './web.ts';

/** Domains whose commands concern pages; what a later Chromium brings has to be looked at first. A trace records all pages that there are. */
const DOMAINS = new Set(
  `Accessibility Ads Animation Audits BackgroundService Browser CSS CacheStorage Console DOM DOMDebugger DOMSnapshot DOMStorage Debugger
   DeviceOrientation Emulation EventBreakpoints FedCm Fetch FindInPage HeadlessExperimental HeapProfiler IO IndexedDB Input Inspector LayerTree
   Log Media Memory Network Overlay Page Performance PerformanceTimeline Preload Profiler Runtime Schema Security ServiceWorker Storage Target
   WebAudio WebAuthn`.split(/\s+/),
);

/** Domains of sessions with the browser as a whole. Others reach all of its pages there: requests of files, for one, could be answered. */
const OF_ALL = new Set(['Browser', 'Storage', 'Target']);

/** Of commands to the browser as a whole those that concern its windows; others grant rights, run its own commands or tell its switches. */
const OF_BROWSER = new Set(
  `cancelDownload close getHistogram getHistograms getVersion getWindowBounds getWindowForTarget resetPermissions setContentsSize
   setDownloadBehavior setWindowBounds`.split(/\s+/),
);

/**
 * Commands that name files of this computer, carry commands or machine code that nobody would look at, scripts for whatever page comes next, or
 * text that becomes part of whatever page is there by then, and the one after which the host would not hear where a page is.
 */
const REFUSED = new Set([
  'DOM.setAttributeValue',
  'DOM.setAttributesAsText',
  'DOM.setFileInputFiles',
  'DOM.setNodeValue',
  'DOM.setOuterHTML',
  'DOM.getFileInfo',
  'Debugger.setScriptSource',
  'Page.addCompilationCache',
  'Page.addScriptToEvaluateOnLoad',
  'Page.disable',
  'Page.handleFileChooser',
  'Page.setDocumentContent',
  'ServiceWorker.inspectWorker',
  'Target.exposeDevToolsProtocol',
  'Target.openDevTools',
  'Target.sendMessageToTarget',
  'Target.setRemoteLocations',
]);

/** Members that name a place on this computer or a way out of it, in commands that a later Chromium may bring too. */
const OUTSIDE = /path|files?$|folder|directory|proxy/i;
/** Of those that look like it: paths of cookies, and what is no place. */
const INSIDE = new Set(['Network.deleteCookies', 'Network.setCookie', 'Fetch.enable', 'Storage.deleteStorageBucket']);

/** Members with scripts that outlive the page which they were given in, and rights that no page has. */
const BEYOND = /^(?:condition|scriptToEvaluateOnLoad|originsWithUniversalNetworkAccess)$/;
/** Members that say what a command is about: an address, or an origin. */
const ADDRESS = /url|origin|storageKey/i;

const named = (method: string, verb: string) => method.endsWith(`.${verb}`);

/** Whether events and answers of an attached session come inside of other messages. */
const isNested = ({ method, params }: Asked): boolean =>
  (method === 'Target.attachToTarget' && params?.flatten !== true) ||
  (method === 'Target.setAutoAttach' && params?.autoAttach === true && params.flatten !== true);

function hasPlaces({ method, params = {} }: Asked): boolean {
  const { data } = params;
  if (isJsonObject(data) && Array.isArray(data.files) && data.files.length > 0) return true;
  return !INSIDE.has(method) && Object.keys(params).some((name) => OUTSIDE.test(name));
}

type Asked = Omit<Command, 'id'>;

/** Whether a member, or one inside of it, is about something that is no page of the web. What no address can be read in is for the browser to refuse. */
function isElsewhere(name: string, value: Json): boolean {
  if (typeof value === 'string') return ADDRESS.test(name) && URL.canParse(value) && !isWeb(value);
  if (Array.isArray(value)) return value.some((item) => isElsewhere(name, item));
  // What is passed to a site is its own matter.
  return (
    name !== 'headers' && isJsonObject(value) && Object.entries(value).some(([key, item]) => isElsewhere(key, item))
  );
}

/** Commands that name an address; those with which scripts are called carry values of programs. */
const namesElsewhere = ({ method, params = {} }: Asked): boolean =>
  !/^(?:Runtime|Debugger\.evaluate)/.test(method) && isElsewhere('', params);

/** Interception of requests for addresses of the web; null when one of the patterns is none for them. */
function intercepting(params: JsonObject = {}): JsonObject | null {
  const { patterns = [{}] } = params;
  if (!Array.isArray(patterns)) return null;
  const all = patterns.map((one) => {
    const urlPattern = isJsonObject(one) ? webPattern(one.urlPattern ?? '*') : null;
    return urlPattern === null || !isJsonObject(one) ? null : { ...one, urlPattern };
  });
  return all.includes(null) ? null : { ...params, patterns: all as JsonObject[] };
}

/**
 * A command with a script, which ends at once in a page that is not of the web. One may have come before the host hears of it, while the command
 * is on its way: its answer would be kept back, and what its script tells others would not. Null for what carries none.
 */
function scripted({ method, params = {} }: Asked): JsonObject | null {
  const { expression, functionDeclaration, objectId, source, throwOnSideEffect } = params;
  // What may have no effects tells nobody anything.
  if (/^Runtime\.(?:evaluate|compileScript)$/.test(method) && typeof expression === 'string')
    return throwOnSideEffect === true ? null : { ...params, expression: inWebPages(expression) };
  // Objects are those of one process, which pages elsewhere do not share; numbers of contexts are the same in each.
  if (method === 'Runtime.callFunctionOn' && typeof functionDeclaration === 'string' && objectId === undefined)
    return { ...params, functionDeclaration: calledInWebPages(functionDeclaration) };
  if (method === 'Page.addScriptToEvaluateOnNewDocument' && typeof source === 'string')
    return { ...params, source: inWebPages(source) };
  return null;
}

/** The command as it may be sent, or why it may not. @param isWhole whether it is for the browser as a whole, and no page of it */
export function confined(command: Asked, isWhole = false): Asked | string {
  const { method, params } = command;
  const [domain = '', verb = ''] = method.split('.', 2);
  if (named(method, 'setDownloadBehavior')) {
    const { downloadPath: _, ...rest } = params ?? {};
    // Clients ask for a folder when they connect: they stay connected, and nothing is saved, there or among the downloads of the operator.
    return { ...command, params: { ...rest, behavior: 'deny' } };
  }
  const isRefused =
    !(isWhole ? OF_ALL : DOMAINS).has(domain) ||
    REFUSED.has(method) ||
    (domain === 'Browser' && !OF_BROWSER.has(verb)) ||
    isNested(command);
  if (isRefused || Object.keys(params ?? {}).some((name) => BEYOND.test(name)))
    return `${method} reaches beyond the pages of the browser`;
  if (hasPlaces(command)) return `${method} names a place outside of the browser`;
  const url = params?.url;
  if ((typeof url === 'string' && !isWeb(url)) || namesElsewhere(command))
    return `${method} names an address that is not one of the web`;
  if (method === 'Fetch.enable' || method === 'Network.setRequestInterception') {
    const fitting = intercepting(params);
    return fitting === null ? `${method} names requests that are none for the web` : { ...command, params: fitting };
  }
  const guarded = scripted(command);
  return guarded === null ? command : { ...command, params: guarded };
}

/** Commands that end what another one began, or lead a page back to the web. */
const ANYWHERE = new Set(['Runtime.runIfWaitingForDebugger', 'Page.navigate', 'Page.close']);

/** Whether a command may be sent into a page that is not one of the web. */
export const isForAnyPage = (method: string): boolean => ANYWHERE.has(method);
