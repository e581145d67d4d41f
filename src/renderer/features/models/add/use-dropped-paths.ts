/** Files dropped on the desktop app: the preload script reports their paths, so that nothing is uploaded. */
import { useEffect, useEffectEvent } from 'react';
import { z } from 'zod';
import { DROPPED_MESSAGE } from '../../../../contract/host/desktop.ts';
import { isDesktop } from '../../../lib/client/message-port.ts';
import { errorToast } from '../../../ui/feedback/toast.tsx';
import { useImport } from './use-import.ts';

const Message = z.object({ type: z.literal(DROPPED_MESSAGE), paths: z.array(z.string()).max(1000) });

/**
 * @param show shows a model that was added
 * @returns says that the next paths are meant for this screen; null in a browser, which knows none
 */
export function useDroppedPaths(show: (id: string) => void): (() => void) | null {
  const desktop = isDesktop();
  const add = useImport({ show, onError: (error) => errorToast('Could not add the model', error) });
  const take = useEffectEvent((paths: readonly string[]) => {
    for (const path of paths.filter((one) => one !== '')) add.mutate({ path });
  });
  useEffect(() => {
    if (!desktop) return;
    const listen = ({ source, data }: MessageEvent) => {
      const message = Message.safeParse(data);
      if (source !== window || !message.success || !expected.now) return;
      expected.now = false;
      take(message.data.paths);
    };
    window.addEventListener('message', listen);
    return () => window.removeEventListener('message', listen);
  }, [desktop]);
  return desktop ? expect : null;
}

/** Whether this screen has taken a drop whose paths have not arrived yet. */
const expected = { now: false };
const expect = () => {
  expected.now = true;
};
