/** Sends a file that a browser knows no path of, and names it by the id of its upload. */
import type { Client } from '../../../contract/client/client-types.ts';
import { parseBounded } from '../../../contract/kernel/bounds.ts';
import { AppError, errorOf, Problem } from '../../../contract/kernel/errors.ts';
import type { UploadId } from '../../../contract/kernel/scalars.ts';

/** Options of {@link sendFile}. */
export interface Sending {
  /** Called with the bytes that have been sent. */
  progress(loaded: number): void;
  signal?: AbortSignal;
}

/** What the host said of a file that it does not take. */
function refusalIn(status: number, body: string): AppError {
  try {
    const problem = Problem.safeParse(parseBounded(body));
    if (problem.success) return errorOf(problem.data);
  } catch {
    // It was no JSON.
  }
  return new AppError('service-unavailable', `The host answered ${status}.`);
}

function put(url: string, file: File, { progress, signal }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusalIn(request.status, request.responseText)));
    request.onerror = () =>
      reject(new AppError('service-unavailable', 'The connection was lost while the file was sent.'));
    request.onabort = () => reject(new AppError('cancelled'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.open('PUT', url);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
}

/** @throws AppError what the host answers; `cancelled` when `signal` is aborted */
export async function sendFile(client: Client, file: File, sending: Sending): Promise<UploadId> {
  const { signal } = sending;
  const made = await client.call('uploads_create', { name: file.name, bytes: file.size }, signal ? { signal } : {});
  if (!('put_url' in made)) throw new Error('The host named no place for the file.');
  signal?.throwIfAborted();
  await put(made.put_url, file, sending);
  return made.upload_id;
}
