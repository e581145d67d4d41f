/** The built-in demo site on loopback, so that a first task works offline. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { CommandId, Nothing, ProfileId } from '../kernel/scalars.ts';

export const demoOperations = {
  demo_start: call(
    Nothing,
    z.object({ url: z.string(), user: z.string(), profile_id: ProfileId, command_ids: z.array(CommandId) }),
    {
      row: '-',
      summary: 'Start the demo site and create the example profile and commands if they are missing',
      tags: ['demo'],
      scope: 'manage',
      area: 'automation',
      http: null,
    },
  ),
};

/** Stands for the address of the demo site in the values of a command file. */
export const DEMO_URL = '{{demo.url}}';

/** A JSON value with the site's address filled in, wherever an example names it. */
export function withDemoUrl<T>(value: T, url: string): T {
  // The shape stays the same: only strings change, and an address needs no escaping in JSON.
  return JSON.parse(JSON.stringify(value).replaceAll(DEMO_URL, url)) as T;
}
