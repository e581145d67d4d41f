/**
 * What callers may ask of a browser who may not run programs on this computer: what concerns pages of the web. The protocol itself knows no
 * such limit. It opens any file, puts downloads anywhere, installs extensions and grants the microphone, which is as much as a program can do.
 */
import { isJsonObject } from '../../../../contract/kernel/json.ts';
import type { Command } from './messages.ts';

/** Domains whose commands concern pages; what a later Chromium brings has to be looked at first. */
const DOMAINS = new Set(
  `Accessibility Ads Animation Audits BackgroundService Browser CSS CacheStorage Console DOM DOMDebugger DOMSnapshot DOMStorage Debugger
   DeviceOrientation Emulation EventBreakpoints FedCm Fetch FindInPage HeadlessExperimental HeapProfiler IO IndexedDB Input Inspector LayerTree
   Log Media Memory Network Overlay Page Performance PerformanceTimeline Preload Profiler Runtime Schema Security ServiceWorker Storage Target
   Tracing WebAudio WebAuthn`.split(/\s+/),
);

/** Of commands to the browser as a whole those that concern its windows; others grant rights, run its own commands or tell its switches. */
const OF_BROWSER = new Set(
  `cancelDownload close getHistogram getHistograms getVersion getWindowBounds getWindowForTarget resetPermissions setContentsSize
   setDownloadBehavior setWindowBounds`.split(/\s+/),
);

/** Commands that name files of this computer, or carry commands that nobody would look at. */
const REFUSED = new Set([
  'DOM.setFileInputFiles',
  'DOM.getFileInfo',
  'Page.handleFileChooser',
  'Target.exposeDevToolsProtocol',
  'Target.openDevTools',
  'Target.sendMessageToTarget',
  'Target.setRemoteLocations',
]);

/** Members that name a place on this computer or a way out of it, in commands that a later Chromium may bring too. */
const OUTSIDE = /path|files?$|folder|directory|proxy/i;
/** Of those that look like it: paths of cookies, and what is no place. */
const INSIDE = new Set(['Network.deleteCookies', 'Network.setCookie', 'Fetch.enable', 'Storage.deleteStorageBucket']);

const WEB = new Set(['http:', 'https:', 'data:', 'blob:']);
/** Chromium takes other addresses of this scheme for those of its own pages. */
const ABOUT = /^about:(?:blank|srcdoc)\b/i;

/** Whether a page at this address is one of the web. A new page has none yet; that of an error has one of Chromium's own. */
export function isWeb(url: string): boolean {
  if (url === '' || ABOUT.test(url) || url.startsWith('chrome-error://')) return true;
  return URL.canParse(url) && WEB.has(new URL(url).protocol);
}

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

/** The command as it may be sent, or why it may not. */
export function confined(command: Asked): Asked | string {
  const { method, params } = command;
  const [domain = '', verb = ''] = method.split('.', 2);
  if (named(method, 'setDownloadBehavior')) {
    const { behavior, downloadPath: _, ...rest } = params ?? {};
    // Clients ask for a folder when they connect: they stay connected, and nothing is saved there.
    return { ...command, params: { ...rest, behavior: behavior === 'default' ? behavior : 'deny' } };
  }
  const isRefused =
    !DOMAINS.has(domain) || REFUSED.has(method) || (domain === 'Browser' && !OF_BROWSER.has(verb)) || isNested(command);
  if (isRefused) return `${method} reaches beyond the pages of the browser`;
  if (hasPlaces(command)) return `${method} names a place outside of the browser`;
  const url = params?.url;
  if (typeof url === 'string' && !isWeb(url)) return `${method} names an address that is not one of the web`;
  return command;
}

/** Commands that end what another one began, or lead a page back to the web. */
const ANYWHERE = new Set(['Runtime.runIfWaitingForDebugger', 'Page.navigate', 'Page.close']);

/** Whether a command may be sent into a page that is not one of the web. */
export const isForAnyPage = (method: string): boolean => ANYWHERE.has(method);
