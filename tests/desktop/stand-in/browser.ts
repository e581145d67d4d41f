/** The one Chromium of the stand-in's process, started when the first window asks for it. */
import { join } from 'node:path';
import { type Chromium, launchChromium } from './cdp.ts';
import { startPanelServer } from './panel-server.ts';

let started: Promise<Chromium> | null = null;
let profile = '';

/** Says where Chromium keeps its profile; call before the first window. */
export function setBrowserProfile(userData: string): void {
  profile = join(userData, 'chromium');
}

/** The running Chromium with the panel's server behind it. */
export function chromium(): Promise<Chromium> {
  started ??= startPanelServer()
    .then(() => launchChromium(profile))
    .then(async (launched) => {
      await launched.browser.send('Target.setDiscoverTargets', { discover: true });
      return launched;
    });
  return started;
}

/** Ends Chromium, if it runs. */
export async function closeChromium(): Promise<void> {
  const launched = await started?.catch(() => null);
  await launched?.close();
}
