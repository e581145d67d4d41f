/** The built-in demo site on loopback, so that a first task works offline. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { CommandId, Nothing, ProfileId } from '../kernel/scalars.ts';

/** Operations of the demo site. */
export const demoOperations = {
  demo_start: call(
    Nothing,
    z.object({ url: z.string(), user: z.string(), profile_id: ProfileId, command_ids: z.array(CommandId) }),
    {
      row: '-',
      summary: 'Start the demo site and make sure the example profile and commands exist',
      tags: ['demo'],
      scope: 'manage',
      area: 'automation',
      http: null,
    },
  ),
};
