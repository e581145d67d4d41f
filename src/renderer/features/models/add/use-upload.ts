/** Uploads a file that was dropped or chosen in a browser, which knows no path of it. */
import { useState } from 'react';
import { PAYLOAD_LIMITS } from '../../../../contract/kernel/define.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { asError } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';

/** One transfer. */
export interface Uploading {
  /** The file that is being sent, with its progress in bytes; null when there is none. */
  current: { name: string; loaded: number; total: number } | null;
  blocked: string | null;
  start(file: File): void;
}

/** Sends a file; rejects with what the host answered. */
function send(url: string, file: File, progress: (loaded: number) => void): Promise<void> {
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

/** @param show shows a model that was added */
export function useUpload(show: (id: string) => void): Uploading {
  const client = useClient();
  const noImport = useCan('models_import_upload');
  const [current, setCurrent] = useState<Uploading['current']>(null);

  async function start(file: File): Promise<void> {
    const total = file.size;
    setCurrent({ name: file.name, loaded: 0, total });
    try {
      const made = await client.call('uploads_create', { name: file.name, bytes: total });
      if (!('put_url' in made)) throw new Error('The host named no place for the file.');
      await send(made.put_url, file, (loaded) => setCurrent({ name: file.name, loaded, total }));
      const model = await client.call('models_import_upload', { upload_id: made.upload_id });
      toast(`${model.name} was added`);
      show(model.id);
    } catch (error) {
      errorToast(`Could not add ${file.name}`, asError(error));
    } finally {
      setCurrent(null);
    }
  }

  return {
    current,
    blocked: noImport ?? (current === null ? null : 'Another file is on its way'),
    start(file) {
      if (noImport !== null || current !== null) return;
      if (!/\.gguf$/i.test(file.name)) return toast(`${file.name} is no GGUF file`);
      if (file.size > PAYLOAD_LIMITS.file)
        return toast('This file is too large to be sent by a browser; add it by its path');
      void start(file);
    },
  };
}
