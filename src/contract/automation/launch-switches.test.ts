import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deniedSwitch } from './launch-switches.ts';
import { ProfileCreate } from './profiles.ts';

/** Switches of Chromium 140 and later by what they decide, read from its `switches.cc` files and its binary. */
const SAMPLE: Record<string, string> = {
  'network route':
    'proxy-server no-proxy-server proxy-auto-detect proxy-bypass-list proxy-pac-url winhttp-proxy-resolver host-rules host-resolver-rules origin-to-force-quic-on enable-quic disable-quic netifs-to-ignore webrtc-ip-handling-policy force-webrtc-ip-handling-policy webrtc-udp-port-range testing-fixed-http-port testing-fixed-https-port ip-address-space-overrides log-net-log dns-over-https-templates',
  'certificate checks':
    'ignore-certificate-errors ignore-certificate-errors-spki-list allow-insecure-localhost allow-running-insecure-content unsafely-treat-insecure-origin-as-secure use-mock-cert-verifier-for-testing auto-select-certificate ssl-version-min ssl-key-log-file cast-developer-certificate-path',
  sandbox:
    'no-sandbox disable-gpu-sandbox disable-seccomp-filter-sandbox disable-namespace-sandbox disable-setuid-sandbox disable-landlock-sandbox allow-sandbox-debugging gpu-sandbox-failures-fatal no-zygote no-zygote-sandbox no-unsandboxed-zygote single-process in-process-gpu disable-web-security disable-site-isolation-trials site-per-process isolate-origins allow-file-access-from-files allow-file-access renderer-cmd-prefix utility-cmd-prefix gpu-launcher browser-subprocess-path type service-sandbox-type',
  debugging:
    'remote-debugging-port remote-debugging-pipe remote-debugging-address remote-debugging-targets remote-allow-origins wait-for-debugger wait-for-debugger-children auto-open-devtools-for-tabs custom-devtools-frontend allow-unsafe-devtools-remote-file-loading enable-ui-devtools silent-debugger-extension-api enable-automation js-flags test-type enable-logging vmodule trace-startup trace-startup-file dump-dom',
  'data folder':
    'user-data-dir profile-directory disk-cache-dir crash-dumps-dir load-extension disable-extensions-except allowlisted-extension-id log-file local-sync-backend-dir screenshot print-to-pdf metrics-dir password-store use-mock-keychain incognito guest',
  features:
    'enable-features disable-features enable-blink-features disable-blink-features force-fieldtrials force-fieldtrial-params enable-field-trial-config variations-server-url fake-variations-channel',
};
const names = (list: string) => list.split(' ');

describe('switches that a profile may not set', () => {
  // Red before: no-proxy-server, host-resolver-rules, ignore-certificate-errors and about seventy others passed.
  test.each(Object.entries(SAMPLE))('%s: none of the sample passes, with a value or without', (_what, list) => {
    const passed = names(list).filter((name) =>
      [`--${name}`, `--${name}=1`, `---${name}`].some((arg) => deniedSwitch(arg) === undefined),
    );
    expect(passed).toEqual([]);
    const refused = ProfileCreate.safeParse({ name: 'p', launch_args: [`--${names(list)[0]}=x`] });
    expect(refused.error?.issues[0]?.message).toContain('managed by TabAgent');
  });

  test('how a page looks and sounds may be set', () => {
    const harmless = names(
      'mute-audio lang force-dark-mode start-maximized window-position window-size disable-gpu hide-scrollbars kiosk force-device-scale-factor disable-notifications accept-lang autoplay-policy font-render-hinting disable-extensions',
    );
    expect(harmless.filter((name) => deniedSwitch(`--${name}`) !== undefined)).toEqual([]);
  });
});

/** Everything in the program that has the form of a switch: a superset of its switches. */
function switchesIn(program: string): string[] {
  const found = new Set<string>();
  for (const [, name = ''] of fs
    .readFileSync(program)
    .toString('latin1')
    .matchAll(/\0([a-z][a-z0-9]*(?:-[a-z0-9]+)+)(?=\0)/g))
    found.add(name);
  return [...found];
}

const CHROMIUM = ['/usr/lib/chromium/chromium', '/opt/google/chrome/chrome'].find((file) => fs.existsSync(file));

describe.skipIf(CHROMIUM === undefined)('the switches of the installed Chromium', () => {
  const all = CHROMIUM === undefined ? [] : switchesIn(CHROMIUM);

  test('are found: the sample is made of real ones', () => {
    expect(all.length).toBeGreaterThan(1000);
    const known = Object.values(SAMPLE).flatMap(names);
    expect(known.filter((name) => all.includes(name)).length).toBeGreaterThan(known.length / 2);
  });

  // Wider than the words of the rule: a switch that only resembles one of a category has to be looked at by a person.
  test.each([
    ['network route', /proxy|host-r[eu]|netifs|-quic(?:-on)?$|ip-handling/],
    ['certificate checks', /certificate-(?:errors|path)|insecure-|ssl-|spki|mock-cert/],
    ['sandbox', /sandbox|zygote|web-security|cmd-prefix|site-per-process/],
    ['debugging', /debugger|debugging|devtools|js-flags/],
    ['data folder', /-(?:dir|path|file|directory)$/],
    ['features', /^(?:en|dis)able-(?:blink-)?features$|fieldtrial|^variations-/],
  ])('%s: none of them passes', (_what, pattern) => {
    expect(all.filter((name) => pattern.test(name) && deniedSwitch(`--${name}`) === undefined)).toEqual([]);
  });
});
