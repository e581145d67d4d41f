/** Hands the file of an export to whoever asked for it. */
import type { Client } from '../../../../contract/client/client-types.ts';
import type { JobId } from '../../../../contract/kernel/scalars.ts';
import { isDesktop } from '../../../lib/client/message-port.ts';

/** Each address opens the bytes once, so every click asks for a new one; it is an attachment, so the page stays. */
export async function saveExport(client: Client, id: JobId): Promise<void> {
  if (isDesktop()) await client.call('shell_save_file', { export_id: id });
  else location.assign((await client.call('profiles_export_content', { id })).url);
}
