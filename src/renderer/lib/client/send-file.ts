/** Sends a file that a browser knows no path of, and names it by the id of its upload. */
import type { Client } from '../../../contract/client/client-types.ts';
import type { UploadId } from '../../../contract/kernel/scalars.ts';

/** Sends bytes; rejects with what the host answered. */
function put(url: string, file: File, progress: (loaded: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Error(`The host answered ${request.status}.`));
    request.onerror = () => reject(new Error('The connection was lost.'));
    request.open('PUT', url);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
}

/** @param progress bytes that have been sent */
export async function sendFile(client: Client, file: File, progress: (loaded: number) => void): Promise<UploadId> {
  const made = await client.call('uploads_create', { name: file.name, bytes: file.size });
  if (!('put_url' in made)) throw new Error('The host named no place for the file.');
  await put(made.put_url, file, progress);
  return made.upload_id;
}
