/** Operations of the desktop app: they exist on IPC; elsewhere they answer 501 `not-implemented`. */
import { z } from 'zod';
import { call } from '../kernel/define.ts';
import { JobId, Nothing } from '../kernel/scalars.ts';

const desktop = {
  row: '-',
  tags: ['shell'],
  scope: 'admin',
  area: 'host',
  desktopOnly: true,
  http: null,
} as const;
const Done = z.object({ ok: z.literal(true) });

/** Operations that the Electron shell answers. */
export const shellOperations = {
  shell_open_path: call(
    z.strictObject({ target: z.enum(['data', 'logs', 'profile', 'task']), id: z.string().max(64).optional() }),
    Done,
    {
      ...desktop,
      summary: 'Show a folder of the product in the file manager',
    },
  ),
  shell_pick_file: call(
    z.strictObject({ title: z.string().max(200), kind: z.enum(['file', 'folder']).default('file') }),
    z.object({ path: z.string().nullable() }),
    { ...desktop, summary: 'Ask the user for a file or folder' },
  ),
  shell_save_file: call(
    z.union([z.strictObject({ artifact_id: z.string().max(64) }), z.strictObject({ export_id: JobId })]),
    z.object({ path: z.string().nullable() }),
    { ...desktop, summary: 'Save an artifact, or the file of an export, to a file the user chooses' },
  ),
  shell_window: call(z.strictObject({ action: z.enum(['minimize', 'toggle_maximize', 'close', 'reload']) }), Done, {
    ...desktop,
    summary: 'Control the window',
  }),
  shell_quit: call(Nothing, Done, { ...desktop, summary: 'Quit the program; running tasks are cancelled' }),
};
