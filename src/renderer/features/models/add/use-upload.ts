/** Uploads files that were dropped or chosen in a browser, which knows no path of them. */
import { useRef, useState } from 'react';
import { PAYLOAD_LIMITS } from '../../../../contract/kernel/define.ts';
import { useClient } from '../../../lib/client/context.tsx';
import { sendFile } from '../../../lib/client/send-file.ts';
import { asError } from '../../../lib/live/query.ts';
import { useCan } from '../../../lib/use-can.ts';
import { errorToast, toast } from '../../../ui/feedback/toast.tsx';
import { addedText, knownModels } from './use-import.ts';

/** Refusals that are told one by one. */
const MAX_SAID = 2;

/** Transfers, one at a time. */
export interface Uploading {
  /** The file that is being sent, with its progress in bytes; null when there is none. */
  current: { name: string; loaded: number; total: number } | null;
  /** Files after that one. */
  waiting: number;
  blocked: string | null;
  /** Takes them one after the other, after those that wait; says of each that cannot be taken why. */
  start(files: readonly File[]): void;
}

/** Why a file cannot be taken; null when it can. */
function refusal({ name, size }: File): string | null {
  if (!/\.gguf$/i.test(name)) return `${name} is not a GGUF file`;
  return size > PAYLOAD_LIMITS.file ? `${name} is too large to be sent by a browser; add it by its path` : null;
}

/** @param show shows a model that was added */
export function useUpload(show: (id: string) => void): Uploading {
  const client = useClient();
  const noImport = useCan('models_import_upload');
  const [current, setCurrent] = useState<Uploading['current']>(null);
  const [waiting, setWaiting] = useState(0);
  const queue = useRef<File[]>([]);
  const running = useRef(false);

  async function add(file: File): Promise<string | null> {
    const total = file.size;
    setCurrent({ name: file.name, loaded: 0, total });
    try {
      const upload_id = await sendFile(client, file, {
        progress: (loaded) => setCurrent({ name: file.name, loaded, total }),
      });
      const known = await knownModels(client);
      const model = await client.call('models_import_upload', { upload_id });
      toast(addedText([model], known));
      return model.id;
    } catch (error) {
      errorToast(`Could not add ${file.name}`, asError(error));
      return null;
    }
  }

  async function work(): Promise<void> {
    running.current = true;
    let shown = false;
    for (let file = queue.current.shift(); file !== undefined; file = queue.current.shift()) {
      setWaiting(queue.current.length);
      const id = await add(file);
      // The inspector keeps the first one, which may be looked at while the others come.
      if (id !== null && !shown) show(id);
      shown ||= id !== null;
    }
    running.current = false;
    setCurrent(null);
  }

  return {
    current,
    waiting,
    blocked: noImport,
    start(files) {
      if (noImport !== null) return toast(noImport);
      const refused = files.map(refusal).filter((reason) => reason !== null);
      for (const reason of refused.slice(0, MAX_SAID)) toast(reason);
      if (refused.length > MAX_SAID) toast(`${refused.length - MAX_SAID} more files could not be added`);
      queue.current.push(...files.filter((file) => refusal(file) === null));
      setWaiting(queue.current.length);
      if (!running.current) void work();
    },
  };
}
