/** The panel over a connection that the test makes itself: with fewer rights than its own session. */
import type { Page } from '@playwright/test';
import type { Scope } from '../../../src/contract/kernel/define.ts';
import { openSocket } from '../../support/frame-client.ts';
import type { Api } from './api.ts';
import type { TestHost } from './host.ts';

/** Lets the page talk to the host with a key of these scopes; to be called before the page is opened. */
export async function withScopes(page: Page, host: TestHost, api: Api, scopes: Scope[]): Promise<void> {
  const { key } = await api.call('keys_create', {
    name: 'Panel with fewer rights',
    scopes,
    areas: ['models', 'automation', 'host'],
  });
  await page.routeWebSocket(/\/rpc$/, (panel) => {
    // What the page sends before the socket to the host is open waits for it.
    const opened = openSocket(host.url, { authorization: `Bearer ${key}` });
    opened.then(
      ({ client, socket }) => {
        for (const frame of client.frames) panel.send(JSON.stringify(frame));
        socket.on('message', (data) => panel.send(String(data)));
        socket.on('close', (code) => void panel.close({ code }));
      },
      () => void panel.close({ code: 4001 }),
    );
    panel.onMessage((text) => {
      const frame = JSON.parse(String(text)) as { t: string };
      // The page's own session would win over the key.
      const sent = frame.t === 'hello' ? { ...frame, token: key } : frame;
      void opened.then(({ socket }) => socket.send(JSON.stringify(sent)));
    });
    panel.onClose(() => void opened.then(({ client }) => client.close()));
  });
}
