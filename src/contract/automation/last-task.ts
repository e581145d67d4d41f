/** The newest task of a command or a profile, as lists show it. */
import { z } from 'zod';
import { Timestamp } from '../kernel/scalars.ts';

export const LastTask = z.object({ id: z.string(), status: z.string(), at: Timestamp });
