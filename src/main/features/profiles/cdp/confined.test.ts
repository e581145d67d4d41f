/** The rule for clients that are held to pages of the web, on the whole protocol as Chromium has it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ROOT } from '../../../../../tests/support/core.ts';
import { confined, isForAnyPage } from './confined.ts';
import { createTargets } from './targets.ts';
import { isWeb } from './web.ts';

/** Playwright is made for one Chromium and has the list of its commands. */
const types = readFileSync(path.join(ROOT, 'node_modules/playwright-core/types/protocol.d.ts'), 'utf8');
/** Commands with the names of their members. */
function protocol(): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [, domain = '', body = ''] of types.matchAll(/^ {2}export (?:module|namespace) (\w+) \{\n(.*?)^ {2}\}/gms))
    for (const [, verb = '', members = ''] of body.matchAll(/^ {4}export type (\w+)Parameters = \{\n(.*?)^ {4}\}/gms))
      all.set(
        `${domain}.${verb}`,
        [...members.matchAll(/^ {6}(\w+)\??:/gm)].map(([, name = '']) => name),
      );
  return all;
}
const refusal = (method: string, params = {}) => {
  const said = confined({ method, params });
  return typeof said === 'string' ? said : null;
};

/** Members whose names look like a place, or a way out, and are neither. */
const HARMLESS = [
  'Network.deleteCookies path',
  'Network.emulateNetworkConditions uploadThroughput',
  'Network.overrideNetworkState uploadThroughput',
  'Network.setCookie path',
  'Page.enable enableFileChooserOpenedEvent',
  'Page.getAppManifest manifestId',
];

// Would catch: a way from the pages of a browser to the files of its owner, in this Chromium or in the next that Playwright comes with.
test('no command that names a file, a folder or another way out passes', () => {
  const all = protocol();
  expect(all.size).toBeGreaterThan(500);
  const passed = [...all].flatMap(([method, members]) =>
    members
      .filter((name) => /path|file|folder|dir(?:ectory)?$|proxy|upload|extension|manifest/i.test(name))
      .filter((name) => refusal(method, { [name]: 'x' }) === null)
      .map((name) => `${method} ${name}`),
  );
  const seen = passed.filter((one) => !HARMLESS.includes(one) && !one.endsWith('setDownloadBehavior downloadPath'));
  expect(seen).toEqual([]);
});

test('what reaches beyond pages is refused, and what programs need is not', () => {
  const beyond = [...protocol().keys()].filter((method) =>
    /^(?:Extensions|PWA|FileSystem|SystemInfo|Tethering|Cast|DeviceAccess|Autofill|SmartCardEmulation|BluetoothEmulation|WebMCP)\./.test(
      method,
    ),
  );
  const named = ['Browser.grantPermissions', 'Browser.setPermission', 'Browser.executeBrowserCommand', 'New.domain'];
  for (const method of [...beyond, ...named]) expect(refusal(method), method).toContain('beyond');
  expect(refusal('Input.dispatchDragEvent', { type: 'drop', data: { items: [], files: ['/x'] } })).toContain('place');
  for (const [method, params] of [
    ['Browser.getVersion', {}],
    ['Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true }],
    ['Target.attachToTarget', { targetId: 'x', flatten: true }],
    ['Target.createTarget', { url: 'about:blank' }],
    ['Page.navigate', { url: 'https://shop.test/' }],
    ['Input.dispatchDragEvent', { type: 'drop', data: { items: [], files: [] } }],
    ['Network.setCookie', { name: 'a', value: 'b', path: '/' }],
    ['Runtime.evaluate', { expression: '1' }],
  ] as const)
    expect(refusal(method, params), method).toBeNull();
});

// Would catch: a filter that commands pass inside of others.
test('nothing carries commands or answers that nobody looks at', () => {
  const carriers: [string, object][] = [
    ['Target.sendMessageToTarget', { message: '{}' }],
    ['Target.exposeDevToolsProtocol', { targetId: 'x' }],
    ['Target.attachToTarget', { targetId: 'x' }],
    ['Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false }],
    ['DOM.setFileInputFiles', { nodeId: 1 }],
    ['DOM.getFileInfo', { objectId: '1' }],
    ['Page.disable', {}],
    ['Page.handleFileChooser', { action: 'fallback' }],
    ['ServiceWorker.inspectWorker', { versionId: '1' }],
    ['Target.openDevTools', { targetId: 'x' }],
    ['Target.setRemoteLocations', { locations: [] }],
    // Of whatever page comes next, and with the rights that it has.
    ['Debugger.setBreakpointByUrl', { lineNumber: 0, urlRegex: '.*', condition: 'leak()' }],
    ['Page.reload', { scriptToEvaluateOnLoad: 'leak()' }],
    ['Page.addScriptToEvaluateOnLoad', { scriptSource: 'leak()' }],
    ['Page.addCompilationCache', { url: 'https://shop.test/a.js', data: '' }],
    ['Target.createBrowserContext', { originsWithUniversalNetworkAccess: ['https://shop.test'] }],
    ['Tracing.start', { transferMode: 'ReturnAsStream' }],
  ];
  for (const [method, params] of carriers) expect(refusal(method, params), method).toContain('beyond');
});

/** Members whose names look like scripts or parts of pages, and that tell nobody anything. */
const SILENT = [
  'CSS.getLonghandProperties value',
  'CSS.setEffectivePropertyValueForNode value',
  'DOMStorage.setDOMStorageItem value',
  'Debugger.getPossibleBreakpoints restrictToFunction',
  'Debugger.setBreakpointByUrl scriptHash',
  'Input.dispatchKeyEvent code',
  'Runtime.compileScript persistScript',
  'Emulation.setPressureSourceOverrideEnabled source',
  'Emulation.setPressureStateOverride source',
  'Emulation.setScriptExecutionDisabled value',
  'Network.setCookie value',
  // Of one process: its frames of calls are named by it.
  'Debugger.evaluateOnCallFrame expression',
];

// Would catch: a script, or a text with one, that runs in a file because it arrives when the file has been opened, in this Chromium or the next.
test('what brings a script along is refused, or ends where the page is none of the web', () => {
  const passed = [...protocol()].flatMap(([method, members]) =>
    members
      .filter((name) =>
        /expression|function(?!Count)|^(?:value|source|condition|code)$|script(?!Id|s)|html/i.test(name),
      )
      .filter((name) => {
        const said = confined({ method, params: { [name]: 'mine()' } });
        const text = typeof said === 'string' ? null : said.params?.[name];
        return text === 'mine()';
      })
      .map((name) => `${method} ${name}`),
  );
  expect(passed.filter((one) => !SILENT.includes(one))).toEqual([]);
  const declared = confined({ method: 'Runtime.callFunctionOn', params: { functionDeclaration: '0);mine();(()=>0' } });
  const text = typeof declared === 'string' ? declared : String(declared.params?.functionDeclaration);
  for (const [href, ran] of [
    ['https://shop.test/', 1],
    ['file:///x', 0],
    ['chrome://settings/', 0],
    ['chrome-extension://abc/x.html', 0],
  ] as const) {
    const world = { location: new URL(href), document: { baseURI: href }, runs: 0, mine: () => void world.runs++ };
    const run = () => runInNewContext(`(${text})`, world);
    if (ran === 1) run();
    else expect(run).toThrow();
    expect(world.runs, href).toBe(ran);
  }
});

test.each([
  ['https://shop.test/', true],
  ['http://127.0.0.1:1/', true],
  ['about:blank#x', true],
  ['blob:https://shop.test/1', true],
  ['data:text/html,x', true],
  ['', true],
  ['chrome-error://chromewebdata/', true],
  ['file:///etc/passwd', false],
  [' FI\nLE:/etc/passwd', false],
  ['view-source:file:///etc/passwd', false],
  ['view-source:https://shop.test/', false],
  ['chrome://settings', false],
  ['about:settings', false],
  ['about:blank@settings', false],
  ['blob:null/1', false],
  ['blob:chrome-extension://abc/1', false],
  ['devtools://devtools/bundled/inspector.html', false],
  ['chrome-extension://abc/x.html', false],
  ['filesystem:file:///x', false],
  ['javascript:1', false],
  ['/etc/passwd', false],
])('%j is a page of the web: %s', (url, expected) => {
  expect(isWeb(url)).toBe(expected);
  expect(refusal('Page.navigate', { url }) === null).toBe(expected);
  expect(refusal('Target.createTarget', { url }) === null).toBe(expected);
});

// Would catch: the data of an extension that is removed, or files that are counted, by who names them in another member than the address.
test('no command is about an address elsewhere, in whatever member it says so', () => {
  const elsewhere = 'chrome-extension://abc/';
  for (const [method, params] of [
    ['Storage.clearDataForOrigin', { origin: elsewhere, storageTypes: 'all' }],
    ['IndexedDB.requestDatabaseNames', { securityOrigin: 'file:///' }],
    ['DOMStorage.getDOMStorageItems', { storageId: { storageKey: elsewhere, isLocalStorage: true } }],
    ['ServiceWorker.startWorker', { scopeURL: elsewhere }],
    ['Network.getCookies', { urls: ['https://shop.test/', elsewhere] }],
    ['Fetch.continueRequest', { requestId: '1', url: 'file:///x' }],
  ] as const)
    expect(refusal(method, params), method).toContain('not one of the web');
  for (const [method, params] of [
    ['Storage.clearDataForOrigin', { origin: '*', storageTypes: 'all' }],
    ['Network.setExtraHTTPHeaders', { headers: { 'X-Origin': 'app:shop' } }],
    ['Runtime.callFunctionOn', { functionDeclaration: 'f', arguments: [{ value: { url: 'mailto:ann@shop.test' } }] }],
  ] as const)
    expect(refusal(method, params), method).toBeNull();
});

// Would catch: who answers the request for a file, and so writes a page that has the rights of one.
test('only requests of the web are held up', () => {
  const asked = (patterns?: object[]) =>
    confined({ method: 'Fetch.enable', params: patterns ? { patterns: patterns as never } : {} });
  const given = (...urlPatterns: string[]) => ({
    params: { patterns: urlPatterns.map((urlPattern) => ({ urlPattern })) },
  });
  expect(asked()).toMatchObject(given('http*'));
  expect(asked([{}, { urlPattern: '*' }, { urlPattern: '*/a?b' }])).toMatchObject(given('http*', 'http*', 'http*/a?b'));
  expect(asked([{ urlPattern: 'https://shop.test/*' }])).toMatchObject(given('https://shop.test/*'));
  for (const urlPattern of ['file:*', '?ile:*', '\\file:*', '', 7])
    expect(asked([{ urlPattern }])).toMatch(/of the web|for the web/);
});

// Would catch: a guard that a script hides by a declaration of its own, or one that ends scripts where they belong.
test('scripts for new documents look first where they are', () => {
  const run = (href: string, baseURI: string, source: string) => {
    const said = confined({ method: 'Page.addScriptToEvaluateOnNewDocument', params: { source } });
    if (typeof said === 'string') throw new Error(said);
    const page: { location: object; document: object; ran?: boolean } = { location: { href }, document: { baseURI } };
    try {
      runInNewContext(String(said.params?.source), page);
    } catch {}
    return page.ran === true;
  };
  const script = 'ran = true; function RegExp() { return { test: () => true } }; var a';
  for (const url of ['https://shop.test/', 'about:blank', 'data:text/html,x', 'blob:http://a.test/1'])
    expect(run(url, url, script), url).toBe(true);
  for (const [href, base] of [
    ['file:///x', 'file:///x'],
    ['file:///x', 'https://shop.test/'],
    ['about:blank', 'file:///x'],
    ['about:srcdoc', 'chrome-extension://abc/'],
    ['blob:null/1', 'blob:null/1'],
  ] as const)
    expect(run(href, base, script), href).toBe(false);
});

// Would catch: downloads that a client puts among the programs that start with the computer.
test('a client says nowhere where downloads go, and is not told off for asking', () => {
  const asked = { behavior: 'allowAndName', downloadPath: '/home/ann/.config/autostart', eventsEnabled: true };
  for (const method of ['Browser.setDownloadBehavior', 'Page.setDownloadBehavior'])
    expect(confined({ method, params: asked })).toEqual({ method, params: { behavior: 'deny', eventsEnabled: true } });
  expect(confined({ method: 'Browser.setDownloadBehavior', params: { behavior: 'default' } })).toMatchObject({
    params: { behavior: 'deny' },
  });
});

// Would catch: a tab of a person's own, at a file or in the settings, that a program reads.
test('a page is foreign as long as it is not at an address of the web', () => {
  const targets = createTargets();
  const at = (url: string) => ({ targetInfo: { targetId: 't', url, type: 'page' } });
  targets.note({ method: 'Target.attachedToTarget', params: { sessionId: 's', ...at('file:///x') } });
  expect(targets.isForeign('s')).toBe(true);
  targets.note({ method: 'Target.targetInfoChanged', params: at('https://shop.test/') });
  expect(targets.isForeign('s')).toBe(false);
  targets.note({ method: 'Target.targetInfoChanged', params: at('chrome://settings/') });
  expect(targets.isForeign('s')).toBe(true);
  targets.note({ method: 'Target.detachedFromTarget', params: { sessionId: 's' } });
  expect(targets.isForeign('s')).toBe(false);
  expect([isForAnyPage('Page.navigate'), isForAnyPage('Runtime.evaluate')]).toEqual([true, false]);
});
