/** Looks into a copy of a profile with a browser that can reach nothing. */
import type { Cookie } from '../../../../contract/automation/profile/cookies.ts';
import { createJar, type Jar } from '../cookies/browser-jar.ts';
import { launchArgs, launchEnv } from '../launch/launch-settings.ts';
import { openBrowser } from '../launch/open-browser.ts';

/** Nobody listens there: pages that come back and extensions must not go around the proxy of the profile. */
const NOWHERE = 'http://127.0.0.1:9';
const CLOSE_MS = 10_000;

/** A browser to look with. */
export interface Looking {
  executable: string;
  args: readonly string[];
  tempDir: string;
  signal?: AbortSignal;
}

/** Works on the cookies in a folder that no browser uses. @throws AppError `browser-not-found`, `browser-failed` */
export async function withJarIn<T>(
  userDataDir: string,
  { executable, args, tempDir, signal }: Looking,
  work: (jar: Jar) => Promise<T>,
): Promise<T> {
  const switches = [...launchArgs(null, { headless: true, proxy: NOWHERE }), '--disable-extensions', ...args];
  const plan = { executable, userDataDir, args: switches, env: launchEnv(null, process.env) };
  const browser = await openBrowser(plan, [], tempDir, signal);
  try {
    return await work(createJar(browser.cdp));
  } finally {
    await browser.close(CLOSE_MS);
  }
}

/** Cookies in such a folder. @throws like {@link withJarIn} */
export const cookiesIn = (userDataDir: string, looking: Looking): Promise<Cookie[]> =>
  withJarIn(userDataDir, looking, (jar) => jar.all());
