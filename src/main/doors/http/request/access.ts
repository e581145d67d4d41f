/** Host and Origin allow-lists, asked before anything else looks at a request. */
import type { Contract } from '../../../../contract/kernel/define.ts';
import { AppError } from '../../../../contract/kernel/errors.ts';
import type { SettingsReader } from '../../../core/settings.ts';
import { httpRoutes } from '../pages/routes-list.ts';

/** Decides by headers alone. */
export interface Access {
  /** Recomputes the lists for the port in use. */
  setPort(port: number): void;
  /** What is wrong with the `Host` or `Origin` of a request; undefined when nothing is. */
  refusal(host: string | undefined, origin: string | undefined, path: string): AppError | undefined;
  dispose(): void;
}

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const EXTENSION = /^chrome-extension:\/\/[a-p]{32}$/;

/** Creates the lists and keeps them in step with the settings. */
export function createAccess(settings: SettingsReader, contract: Contract): Access {
  const forAnyExtension = new Set(
    httpRoutes(contract).flatMap(({ operation, path }) => (operation.anyExtension ? [path] : [])),
  );
  let port = 0;
  let hosts: ReadonlySet<string> = new Set();
  let origins: ReadonlySet<string> = new Set();

  function read(): void {
    const named = settings.get('allowed_hosts').map((name) => name.toLowerCase());
    // A name without a port stands for our port and for a proxy's standard ports.
    const own = LOOPBACK_NAMES.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
    const extra = named.flatMap((name) => (hasPort(name) ? [name] : [name, `${name}:${port}`]));
    hosts = new Set([...own, ...extra]);
    origins = new Set([
      ...own.map((host) => `http://${host}`),
      ...extra.flatMap((host) => [`http://${host}`, `https://${host}`]),
      ...settings.get('allowed_origins').map((origin) => origin.toLowerCase()),
    ]);
  }
  read();
  const stop = settings.onChange((keys) => {
    if (keys.includes('allowed_hosts') || keys.includes('allowed_origins')) read();
  });

  return {
    setPort(next) {
      port = next;
      read();
    },
    refusal(host, origin, path) {
      if (host === undefined || !(hosts.has(host) || hosts.has(host.toLowerCase())))
        return new AppError('host-not-allowed');
      if (origin === undefined || origins.has(origin) || origins.has(origin.toLowerCase())) return undefined;
      if (forAnyExtension.has(path) && EXTENSION.test(origin)) return undefined;
      return new AppError('origin-not-allowed');
    },
    dispose: stop,
  };
}

function hasPort(name: string): boolean {
  return /:\d+$/.test(name);
}
