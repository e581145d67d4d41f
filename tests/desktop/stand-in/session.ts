/** `session` and `protocol` of the stand-in. Permissions that the program grants are granted to Chromium, no others. */
import type { Protocol, Session } from 'electron';
import type { CdpSession } from './cdp.ts';
import { setHandler } from './panel-server.ts';

type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0];
type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0];
type DeviceHandler = Parameters<Session['setDevicePermissionHandler']>[0];

/** Handlers that the program has set, for the specs. */
export const handlers: { check: CheckHandler; request: RequestHandler; device: DeviceHandler } = {
  check: null,
  request: null,
  device: null,
};

const defaultSession = {
  setPermissionCheckHandler: (handler) => {
    handlers.check = handler;
  },
  setPermissionRequestHandler: (handler) => {
    handlers.request = handler;
  },
  setDevicePermissionHandler: (handler) => {
    handlers.device = handler;
  },
} satisfies Pick<Session, 'setPermissionCheckHandler' | 'setPermissionRequestHandler' | 'setDevicePermissionHandler'>;

/** `session`. */
export const session = { defaultSession };

/** Electron's names of permissions and Chromium's. */
const PERMISSIONS = [
  ['clipboard-sanitized-write', { name: 'clipboard-write', allowWithoutSanitization: false }],
  ['clipboard-read', { name: 'clipboard-read' }],
  ['geolocation', { name: 'geolocation' }],
  ['notifications', { name: 'notifications' }],
  ['midi', { name: 'midi' }],
  ['persistent-storage', { name: 'persistent-storage' }],
] as const;

/** Tells Chromium what the program's check handler says; without a handler Electron allows everything. */
export async function applyPermissions(browser: CdpSession, contents: unknown, origin: string): Promise<void> {
  for (const [name, permission] of PERMISSIONS) {
    const check = handlers.check as
      | ((contents: unknown, name: string, origin: string, details: unknown) => boolean)
      | null;
    const granted = check === null || check(contents, name, 'app://panel/', { isMainFrame: true });
    await browser.send('Browser.setPermission', { permission, setting: granted ? 'granted' : 'denied', origin });
  }
}

/** Schemes that the program has registered, with their privileges. */
export const schemes: Electron.CustomScheme[] = [];

/** `protocol`. */
export const protocol = {
  registerSchemesAsPrivileged: (customSchemes) => void schemes.push(...customSchemes),
  handle: (scheme, handler) => setHandler(scheme, handler as (request: Request) => Response | Promise<Response>),
} satisfies Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'>;
