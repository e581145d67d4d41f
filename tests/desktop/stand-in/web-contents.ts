/** `webContents` of the stand-in: a real page of a real Chromium, seen as Electron shows it. */
import { EventEmitter } from 'node:events';
import type { WebContents as RealContents, WebPreferences, WindowOpenHandlerResponse } from 'electron';
import { chromium } from './browser.ts';
import type { CdpSession, Json } from './cdp.ts';
import { StandInEvent, WebFrameMain } from './frame.ts';
import { ipcMain, type MessagePortMain } from './ipc.ts';
import { json, PagePorts } from './page-ports.ts';
import { fromPage, toPage } from './panel-server.ts';
import { BINDING, isolatedSource, MAIN_WORLD_SOURCE, RECEIVER, WORLD } from './preload-world.ts';
import { applyPermissions } from './session.ts';
import { nativeTheme } from './system.ts';

/** Called for every new page, as `web-contents-created` of `app`. */
export const created = new EventEmitter();

/** Pages that are alive. */
export const allContents = new Set<WebContents>();

type ContentsShape = Pick<
  RealContents,
  | 'id'
  | 'getURL'
  | 'loadURL'
  | 'reload'
  | 'send'
  | 'setWindowOpenHandler'
  | 'forcefullyCrashRenderer'
  | 'isDestroyed'
  | 'executeJavaScript'
>;

let nextId = 1;

/** One page. */
export class WebContents extends EventEmitter implements ContentsShape {
  readonly id = nextId++;
  /** Settles when the page can be told things. */
  readonly attached: Promise<CdpSession>;
  targetId = '';
  #url = '';
  #context: number | null = null;
  #mainFrame = '';
  #destroyed = false;
  #programmatic = new Set<string>();
  #openHandler: (details: { url: string }) => WindowOpenHandlerResponse = () => ({ action: 'allow' });
  readonly #ports = new PagePorts((expression) => this.#call(expression));

  readonly #preferences: WebPreferences;

  constructor(size: { width: number; height: number }, preferences: WebPreferences = {}) {
    super();
    this.#preferences = preferences;
    allContents.add(this);
    created.emit('created', this);
    this.attached = this.#attach(size, preferences.preload);
    this.attached.catch((error: unknown) => process.emitWarning(`stand-in: no page: ${String(error)}`));
  }

  getURL(): string {
    return this.#url;
  }

  /** Electron has this, undocumented; it tells what is in force. */
  getLastWebPreferences(): WebPreferences {
    return { ...this.#preferences };
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  setWindowOpenHandler(handler: (details: never) => WindowOpenHandlerResponse): void {
    this.#openHandler = handler as (details: { url: string }) => WindowOpenHandlerResponse;
  }

  async loadURL(url: string): Promise<void> {
    const session = await this.attached;
    const target = toPage(url);
    this.#programmatic.add(target.replace(/#.*$/s, ''));
    const { errorText } = await session.send('Page.navigate', { url: target });
    if (errorText) throw new Error(`${String(errorText)} loading '${url}'`);
  }

  async executeJavaScript(expression: string, userGesture = false): Promise<unknown> {
    const session = await this.attached;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      userGesture,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  }

  reload(): void {
    this.#tell('Page.reload', {});
  }

  forcefullyCrashRenderer(): void {
    this.#tell('Page.crash', {});
  }

  send(channel: string, ...args: unknown[]): void {
    this.#ipc(channel, args, []);
  }

  /** Sends a message; ports that go with it end in the page. */
  postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
    const ids = (transfer as MessagePortMain[]).map((port) => this.#ports.transfer(port));
    this.#ipc(channel, [message], ids);
  }

  /** Ends the page. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    const { browser } = await chromium();
    await browser.send('Target.closeTarget', { targetId: this.targetId }).catch(() => undefined);
    this.#gone();
  }

  #gone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#ports.drop();
    allContents.delete(this);
    nativeTheme.off('updated', this.#followTheme);
    this.emit('destroyed');
  }

  async #attach(size: { width: number; height: number }, preload: string | undefined): Promise<CdpSession> {
    const { browser, session: open } = await chromium();
    const made = await browser.send('Target.createTarget', { url: 'about:blank', ...size });
    this.targetId = String(made.targetId);
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId: this.targetId, flatten: true });
    const session = open(String(sessionId));
    this.#listen(session, browser);
    await Promise.all([
      session.send('Page.enable'),
      session.send('Runtime.enable'),
      session.send('Inspector.enable'),
      session.send('Fetch.enable', { patterns: [{ urlPattern: '*', resourceType: 'Document' }] }),
      session.send('Page.addScriptToEvaluateOnNewDocument', { source: MAIN_WORLD_SOURCE }),
      ...(preload === undefined ? [] : this.#installPreload(session, preload)),
    ]);
    const { frameTree } = await session.send('Page.getFrameTree');
    this.#mainFrame = String((frameTree as { frame: Json }).frame.id);
    await applyPermissions(browser, this, toPage('app://panel'));
    await this.#theme(session);
    nativeTheme.on('updated', this.#followTheme);
    return session;
  }

  #installPreload(session: CdpSession, preload: string): Promise<Json>[] {
    return [
      session.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD }),
      session.send('Page.addScriptToEvaluateOnNewDocument', {
        source: toPage(isolatedSource(preload)),
        worldName: WORLD,
      }),
    ];
  }

  #followTheme = () => {
    this.attached.then((session) => this.#theme(session)).catch(() => undefined);
  };

  #theme(session: CdpSession): Promise<Json> {
    const value = nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
    return session.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
  }

  #listen(session: CdpSession, browser: CdpSession): void {
    session.on(
      'Runtime.executionContextCreated',
      ({ context }: { context: { id: number; name: string; auxData: Json } }) => {
        if (context.name === WORLD && context.auxData.frameId === this.#mainFrame) this.#context = context.id;
      },
    );
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }: Json) => {
      if (executionContextId === this.#context) this.#leftPage();
    });
    session.on('Runtime.executionContextsCleared', () => this.#leftPage());
    session.on('Runtime.bindingCalled', ({ name, payload }: { name: string; payload: string }) => {
      if (name === BINDING) this.#received(JSON.parse(payload));
    });
    session.on(
      'Page.frameNavigated',
      ({ frame }: { frame: { id: string; parentId?: string; url: string; urlFragment?: string } }) => {
        if (frame.parentId !== undefined) return;
        this.#url = fromPage(frame.url + (frame.urlFragment ?? ''));
        if (frame.url !== 'about:blank') this.emit('did-navigate', new StandInEvent(), this.#url);
      },
    );
    session.on('Page.navigatedWithinDocument', ({ frameId, url }: { frameId: string; url: string }) => {
      if (frameId !== this.#mainFrame) return;
      this.#url = fromPage(url);
      this.emit('did-navigate-in-page', new StandInEvent(), this.#url, true);
    });
    session.on('Page.domContentEventFired', () => this.emit('dom-ready'));
    session.on('Page.windowOpen', ({ url }: { url: string }) => this.#openHandler({ url: fromPage(url) }));
    session.on('Fetch.requestPaused', (paused: { requestId: string; frameId: string; request: { url: string } }) => {
      this.#navigation(session, paused);
    });
    session.on('Inspector.targetCrashed', () => {
      this.#leftPage();
      this.emit('render-process-gone', new StandInEvent(), { reason: 'crashed', exitCode: 133 });
    });
    session.on('gone', () => this.#gone());
    browser.on('Target.targetDestroyed', ({ targetId }: Json) => {
      if (targetId === this.targetId) this.#gone();
    });
    // Electron asks before a window exists; Chromium opens it first, so it is closed at once.
    browser.on('Target.targetCreated', ({ targetInfo }: { targetInfo: { targetId: string; openerId?: string } }) => {
      if (targetInfo.openerId !== this.targetId) return;
      browser.send('Target.closeTarget', { targetId: targetInfo.targetId }).catch(() => undefined);
    });
  }

  /** Asks the listeners about a navigation that the page began. */
  #navigation(
    session: CdpSession,
    { requestId, frameId, request }: { requestId: string; frameId: string; request: { url: string } },
  ) {
    const isMainFrame = frameId === this.#mainFrame;
    const url = fromPage(request.url);
    const ours = url.startsWith('app://panel/') || url.startsWith('content://artifacts/');
    if (!(isMainFrame && this.#programmatic.delete(request.url))) {
      const event = Object.assign(new StandInEvent(), { url, isMainFrame, isSameDocument: false, frame: null });
      this.emit('will-frame-navigate', event);
      if (isMainFrame) this.emit('will-navigate', event, url);
      if (event.defaultPrevented) {
        session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }).catch(() => undefined);
        return;
      }
    }
    // Whatever the program allows, tests stay on this computer.
    if (!ours) created.emit('escaped', url);
    const answer = ours
      ? session.send('Fetch.continueRequest', { requestId })
      : session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
    answer.catch(() => undefined);
  }

  #received(
    message: { t: 'ipc'; channel: string; args: unknown[] } | { t: 'port' | 'port-close'; id: number; data: unknown },
  ): void {
    if (message.t === 'ipc') {
      const event = Object.assign(new StandInEvent(), {
        type: 'frame',
        sender: this,
        senderFrame: new WebFrameMain(this),
        ports: [],
      });
      ipcMain.emit(message.channel, event, ...message.args);
    } else if (message.t === 'port') {
      this.#ports.receive(message.id, message.data);
    } else {
      this.#ports.closed(message.id);
    }
  }

  #leftPage(): void {
    this.#context = null;
    this.#ports.drop();
  }

  #ipc(channel: string, args: unknown[], ports: number[]): void {
    this.#call(`ipc(${json(channel)}, ${json(args)}, ${json(ports)})`);
  }

  #call(expression: string): void {
    if (this.#context === null) return;
    this.#tell('Runtime.evaluate', {
      expression: `void globalThis.${RECEIVER}.${expression}`,
      contextId: this.#context,
    });
  }

  /** Sends a command whose failure only means that the page has gone meanwhile. */
  #tell(method: string, params: Json): void {
    this.attached.then((session) => session.send(method, params)).catch(() => undefined);
  }
}
