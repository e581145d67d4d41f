/** Looks into a copy of a profile with a browser that can reach nothing. */
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { createJar } from '../cookies/browser-jar.ts';
import { launchArgs, launchEnv } from '../launch/launch-settings.ts';
import { openBrowser } from '../launch/open-browser.ts';

/** Nobody listens there: pages that come back and extensions must not go around the proxy of the profile. */
const NOWHERE = 'http://127.0.0.1:9';
const CLOSE_MS = 10_000;

/** Cookies in a folder that no browser uses. @throws AppError `browser-not-found`, `browser-failed` */
export async function cookiesIn(
  userDataDir: string,
  { executable, args, tempDir }: { executable: string; args: readonly string[]; tempDir: string },
): Promise<Cookie[]> {
  const switches = [...launchArgs(null, { headless: true, proxy: NOWHERE }), '--disable-extensions', ...args];
  const plan = { executable, userDataDir, args: switches, env: launchEnv(null, process.env) };
  const browser = await openBrowser(plan, [], tempDir);
  try {
    return await createJar(browser.cdp).all();
  } finally {
    await browser.close(CLOSE_MS);
  }
}
