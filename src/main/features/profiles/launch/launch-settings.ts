/**
 * The settings of a profile as switches and environment of a browser. Both kinds of start use them instead of emulation through the
 * debugging protocol: a site then sees the same whether a person or a script drives the browser, in pages, frames and workers alike.
 */
import { inheritedEnvironment } from '../../../../contract/automation/executor.ts';
import type { ProfileSnapshot } from '../../../../contract/automation/profiles.ts';

/** Blink's numbers of `PreferredColorScheme`. */
const COLOR_SCHEMES = { dark: 0, light: 1 } as const;
/** A headless browser finds no mouse; pages would take it for a touch screen. */
const MOUSE = ['primaryHoverType=2', 'availableHoverTypes=2', 'primaryPointerType=4', 'availablePointerTypes=4'];

/** One switch: of several `--blink-settings` only the last counts. */
function blinkSettings(settings: ProfileSnapshot | null, headless: boolean): string[] {
  const scheme = settings?.color_scheme ?? null;
  const parts = [
    ...(headless ? MOUSE : []),
    ...(scheme === null ? [] : [`preferredColorScheme=${COLOR_SCHEMES[scheme]}`]),
  ];
  return parts.length === 0 ? [] : [`--blink-settings=${parts.join(',')}`];
}

/** Everything goes to the proxy, or nowhere. */
const proxyArgs = (proxy: string): string[] => [
  `--proxy-server=${proxy}`,
  // Without this rule Chromium goes around the proxy for loopback addresses.
  '--proxy-bypass-list=<-loopback>',
  // WebRTC would go around an HTTP proxy, which carries no UDP, and tell pages the addresses of this computer.
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
  // Chromium would speak UDP with a site that it knows to speak QUIC.
  '--disable-quic',
];

/** What a launch depends on beside the profile. */
export interface LaunchOptions {
  headless: boolean;
  /** Address of a local proxy, `http://127.0.0.1:<port>`. */
  proxy: string | null;
}

/** Switches of a browser; nothing here hides automation. Folder, debugging pipe and start pages are the launcher's. */
export function launchArgs(settings: ProfileSnapshot | null, { headless, proxy }: LaunchOptions): string[] {
  const window = settings?.window ?? settings?.viewport ?? null;
  return [
    '--no-first-run',
    '--no-default-browser-check',
    '--hide-crash-restore-bubble',
    '--password-store=basic',
    '--use-mock-keychain',
    '--disable-background-networking',
    '--disable-component-update',
    // Chromium has no sandbox for root.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...(headless ? ['--headless=new'] : []),
    ...(window ? [`--window-size=${window.width},${window.height}`] : []),
    ...(settings?.locale ? [`--lang=${settings.locale}`, `--accept-lang=${settings.locale}`] : []),
    ...(settings?.user_agent ? [`--user-agent=${settings.user_agent}`] : []),
    ...blinkSettings(settings, headless),
    ...(proxy === null ? [] : proxyArgs(proxy)),
    ...(settings?.launch_args ?? []),
  ];
}

/** Environment of a browser: what programs need to run at all, time zone and language of the profile, nothing that may be a secret. */
export function launchEnv(
  settings: ProfileSnapshot | null,
  host: Record<string, string | undefined>,
): Record<string, string> {
  return {
    ...inheritedEnvironment(host),
    ...(settings?.timezone ? { TZ: settings.timezone } : {}),
    // Linux: the language of `Intl` follows this variable and not `--lang`.
    ...(settings?.locale ? { LANGUAGE: settings.locale } : {}),
  };
}
