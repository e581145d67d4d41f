/** Settings of proxies. */
import { z } from 'zod';
import { ExitPolicy } from '../automation/profile/exit.ts';
import { at } from './setting-fields.ts';

export const proxySettings = {
  'proxies.echo_url': z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable()
    .default(null)
    .meta(
      at(
        'Proxies',
        'Echo address',
        'Asked through each proxy that is checked. It answers the caller’s IP address, as text or as JSON with ip, country and timezone. Without it, checks do not know the exit address.',
      ),
    ),
  'proxies.rotate_seconds': z
    .int()
    .min(0)
    .max(86_400)
    .default(60)
    .meta(
      at(
        'Proxies',
        'Cooldown of refresh addresses',
        'Seconds between two changes of the exit address of one proxy. Most providers refuse more.',
      ),
    ),
  'proxies.exit_policy': ExitPolicy.default('warn').meta(
    at(
      'Proxies',
      'Exits that do not fit',
      'What happens when the country or time zone of an exit is not that of the profile, unless the profile says otherwise. Block: it does not start before you accept the exit. Needs an echo address that tells them.',
    ),
  ),
};
