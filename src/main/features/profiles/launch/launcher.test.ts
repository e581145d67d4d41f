import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { NO_DISPLAY_REASON } from '../../../../contract/automation/no-display.ts';
import { launchBrowser } from './launcher.ts';

const chromium = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((file) => fs.existsSync(file));

// Catches an operator who reads a line of the browser's log where the machine simply has no display.
test.skipIf(process.platform !== 'linux' || chromium === undefined)(
  'a browser that cannot open a window says so, in a way that the panel can offer headless',
  async () => {
    const userDataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'no-display-'));
    const env = { PATH: process.env.PATH ?? '', HOME: userDataDir };
    const started = launchBrowser({ executable: chromium ?? '', userDataDir, args: ['--no-sandbox'], env }, []);
    await expect(started).rejects.toMatchObject({
      slug: 'browser-failed',
      message: expect.stringContaining('no display'),
      extra: { reason: NO_DISPLAY_REASON },
    });
    fs.rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 });
  },
);
