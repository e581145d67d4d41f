/** What listening on more than the loopback interface requires. */
import type { SettingsReader } from '../../core/settings.ts';
import { isLoopback } from './authenticator.ts';

/** Says why the host must not listen where the settings say, or null. @param keys number of API keys, at least whether there is one */
export function bindProblem(settings: SettingsReader, keys: number): string | null {
  const host = settings.get('host');
  if (isLoopback(host)) return null;
  if (keys === 0) {
    return `TabAgent does not listen on ${host} without an API key: everybody on the network could use it. Make one with tabagent keys create, or start on 127.0.0.1.`;
  }
  if (settings.get('allowed_hosts').length === 0) {
    return `TabAgent does not listen on ${host} while the setting allowed_hosts is empty: name the hosts that clients will use.`;
  }
  return null;
}
